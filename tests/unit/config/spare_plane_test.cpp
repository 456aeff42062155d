#include "config/spare_plane.h"

#include "tests/support/catch.h"

using namespace lfsguard::config;

namespace {

std::string there(std::string_view text) { return SparePlane::of(text)->moved(text); }
std::string there_and_back(std::string_view text) {
  const SparePlane plane = *SparePlane::of(text);
  return plane.restored(plane.moved(text));
}

}  // namespace

TEST_CASE("characters of the basic plane move, ASCII, white space and other planes stay") {
  CHECK(there("a = 1 # \t\r\n") == "a = 1 # \t\r\n");
  CHECK(there("\xC3\x92") == "\xF4\x80\x83\x92");      // U+D2, U+1000D2
  CHECK(there("\xEF\xBB\x98") == "\xF4\x8F\xBB\x98");  // U+FED8, U+10FED8
  CHECK(there("\xC2\xA0\xE3\x80\x80\xEF\xBB\xBF") == "\xC2\xA0\xE3\x80\x80\xEF\xBB\xBF");
  CHECK(there("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");  // U+1F600
}

TEST_CASE("the plane is one that the text uses neither as a character nor in an escape") {
  CHECK(there("\xC3\x92\xF4\x80\x83\x92") == "\xF3\xB0\x83\x92\xF4\x80\x83\x92");
  CHECK(there("\xC3\x92\\U001000D2") == "\xF3\xB0\x83\x92\\U001000D2");
  CHECK(there("\xC3\x92\\U001000D") == "\xF4\x80\x83\x92\\U001000D");
  std::string all;
  for (const char* digits : {"01", "02", "03", "04", "05", "06", "07", "08", "09", "0A", "0b", "0C", "0D", "0E", "0F"})
    all += std::string("\\U00") + digits + "0000";
  CHECK(SparePlane::of(all));
  CHECK_FALSE(SparePlane::of(all + "\\U00100000"));
}

TEST_CASE("what has moved comes back, bytes that are not UTF-8 as they were") {
  for (const std::string_view text :
       {"\xC3\x92\xC3", "\xC0\xAF\xE0\x80\xAF\xF0\x80\x80\xAF", "\xED\xA0\x80\xED\xBF\xBF",
        "\xF4\x90\x80\x80\xF8\x88\x80\x80\x80",
        "\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80", "\xE2\x82", "\x80\xBF"})
    CHECK(there_and_back(text) == text);
}
