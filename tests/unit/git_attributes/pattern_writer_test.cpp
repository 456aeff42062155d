#include "git/attributes/pattern_writer.h"

#include <string>

#include "git/attributes/attribute_stack.h"
#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::attributes;

TEST_CASE("a path's own pattern begins with a slash and escapes what patterns give a meaning") {
  CHECK(exact_pattern("a/b.bin") == "/a/b.bin");
  CHECK(exact_pattern("w[1]*?\\#!\"x") == "/w\\[1\\]\\*\\?\\\\\\#\\!\\\"x");
  CHECK(exact_pattern("sp ace") == "/sp[[:space:]]ace");
  CHECK(exact_pattern("\xff\xc3\xa9") == "/\xff\xc3\xa9");
}

TEST_CASE("control characters, and a space whose class would match a plain neighbour, make the pattern C-quoted") {
  CHECK(exact_pattern("new\nline") == "\"/new\\nline\"");
  CHECK(exact_pattern("t\tb c") == "\"/t\\tb c\"");
  CHECK(exact_pattern("b\x01\x7f*") == "\"/b\\001\\177\\\\*\"");
  CHECK(exact_pattern("a b", [](std::string_view) { return true; }) == "\"/a b\"");
  CHECK(exact_pattern("a b", [](std::string_view) { return false; }) == "/a[[:space:]]b");
}

TEST_CASE("an extension's pattern matches it in every directory") {
  CHECK(extension_pattern(".safetensors") == "*.safetensors");
  CHECK(extension_pattern(".a b") == "*.a[[:space:]]b");
  CHECK(extension_pattern(".[x]") == "*.\\[x\\]");
}

TEST_CASE("patterns are shown as a person would type them") {
  CHECK(readable_pattern("/sp[[:space:]]ace\\#1") == "/sp ace#1");
  CHECK(readable_pattern("\"/new\\nline\"") == "/new\nline");
  CHECK(readable_pattern("*.bin") == "*.bin");
}

TEST_CASE("a line that git would ignore for its length is refused, its carriage return counted") {
  const std::string line(2047, 'x');
  CHECK(check_line_length(line, "\n"));
  CHECK_FALSE(check_line_length(line, "\r\n"));
  CHECK_FALSE(check_line_length(line + "x", "\n"));
  CHECK(check_line_length(line + "x", "\n").error().kind == ErrorKind::unsupported);
}
