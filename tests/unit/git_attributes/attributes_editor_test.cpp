#include "git/attributes/attributes_editor.h"

#include <string>

#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::attributes;

namespace {

std::string with_line(std::string bytes, std::string_view line) {
  AttributesEditor editor(std::move(bytes));
  REQUIRE(editor.add_line(line));
  return editor.bytes();
}

}  // namespace

TEST_CASE("a line goes to the end, with the line ending that most lines have") {
  CHECK(with_line("", "a x") == "a x\n");
  CHECK(with_line("b y\n", "a x") == "b y\na x\n");
  CHECK(with_line("b y\r\nc z\r\nd\n", "a x") == "b y\r\nc z\r\nd\na x\r\n");
  CHECK(with_line("b y\r\nc z\nd\n", "a x") == "b y\r\nc z\nd\na x\n");
}

TEST_CASE("a missing ending of the last line is added before, all other bytes stay") {
  CHECK(with_line("# c\n\n  b y \n\nb y", "a x") == "# c\n\n  b y \n\nb y\na x\n");
  CHECK(with_line("b y\r\nc", "a x") == "b y\r\nc\r\na x\r\n");
}

TEST_CASE("a line that is there is not added again unless asked for") {
  AttributesEditor editor("a x \r\nb y\r\n");
  CHECK_FALSE(*editor.add_line("a x"));
  CHECK_FALSE(editor.changed());
  CHECK(*editor.add_line("a x", AttributesEditor::Existing::add_again));
  CHECK(editor.bytes() == "a x \r\nb y\r\na x\r\n");
}

TEST_CASE("lines are removed and replaced without touching others") {
  AttributesEditor editor("a x\r\n\nb y\nc");
  CHECK(editor.remove_lines([](std::string_view line) { return line == "a x"; }) == 1);
  CHECK(editor.bytes() == "\nb y\nc");
  CHECK(*editor.replace_line([](std::string_view line) { return line == "c"; }, "d z"));
  CHECK(editor.bytes() == "\nb y\nd z");
  CHECK_FALSE(*editor.replace_line([](std::string_view line) { return line == "q"; }, "e"));
}

TEST_CASE("a line too long for git is refused and nothing changes") {
  AttributesEditor editor("a x\n");
  CHECK_FALSE(editor.add_line(std::string(2048, 'x')));
  CHECK(editor.bytes() == "a x\n");
}
