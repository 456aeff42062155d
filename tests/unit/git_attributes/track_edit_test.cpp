#include "git/attributes/track_edit.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::attributes;

TEST_CASE("paths are cleaned and joined as patterns are listed") {
  CHECK(clean_path("a/./b//c/../d/") == "a/b/d");
  CHECK(clean_path("/a/../../b") == "/b");
  CHECK(clean_path("../a/..") == "..");
  CHECK(clean_path("") == ".");
  CHECK(join_path("", "/root.bin") == "root.bin");
  CHECK(join_path("sub/", "/*.bin") == "sub/*.bin");
}

TEST_CASE("text is quoted as Go quotes it") {
  CHECK(go_quote("a b\t\"\\\n") == "\"a b\\t\\\"\\\\\\n\"");
  CHECK(go_quote("\xc3\xa9\xff\x01\x7f") == "\"\xc3\xa9\\xff\\x01\\x7f\"");
  CHECK(go_quote("\xc2\x80") == "\"\\u0080\"");
}

TEST_CASE("JSON has the escapes of Go's encoder, and U+FFFD for what is not UTF-8") {
  CHECK(tracked_patterns_json({{"a\"<\n\xff", "s", true, false}}) ==
        "{\n \"patterns\": [\n  {\n   \"pattern\": \"a\\\"\\u003c\\n\\ufffd\",\n   \"source\": \"s\",\n   "
        "\"lockable\": true,\n   "
        "\"tracked\": false\n  }\n ]\n}\n");
}

TEST_CASE("macros of files outside the work tree hold in the files inside, though these are listed first") {
  const auto patterns = tracked_patterns(
      {{".gitattributes", "*.a big\n*.b !big\n", true}, {"", "[attr]big filter=lfs\n*.c big\n", true}});
  REQUIRE(patterns.size() == 3);
  CHECK(patterns[0].pattern == "*.a");
  CHECK(patterns[0].tracked);
  CHECK_FALSE(patterns[1].tracked);
  CHECK(patterns[2].pattern == "*.c");
}

TEST_CASE("a pattern given twice is written once") {
  const auto edit = edit_to_track("", {"*.a", "./*.a"}, "", {}, {});
  REQUIRE(edit);
  CHECK(edit->bytes == "*.a filter=lfs diff=lfs merge=lfs -text\n");
  CHECK(edit->messages == std::vector<std::string>{"Tracking \"*.a\""});
}

TEST_CASE("a name with control characters is C-quoted, and found again") {
  const auto edit = edit_to_track("", {"t\tb"}, "", {}, {.filename = true});
  REQUIRE(edit);
  CHECK(edit->bytes == "\"t\\tb\" filter=lfs diff=lfs merge=lfs -text\n");
  CHECK(edit_to_untrack(edit->bytes, {"t\tb"}).bytes.empty());
}

TEST_CASE("untrack leaves lines that only mention the pattern") {
  const std::string bytes = "# *.a filter=lfs\n*.a text\n*.aa filter=lfs\n";
  const UntrackEdit edit = edit_to_untrack(bytes, {"*.a"});
  CHECK(edit.bytes == bytes);
  CHECK_FALSE(edit.changed);
  CHECK(edit.messages.empty());
}
