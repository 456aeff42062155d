#include "base/byte_size.h"

#include "tests/support/catch.h"

using namespace lfsguard;

TEST_CASE("binary units are powers of 1024, decimal ones of 1000, a bare letter is git's binary one") {
  CHECK(*parse_byte_size("10MiB") == 10u << 20);
  CHECK(*parse_byte_size("10MB") == 10'000'000);
  CHECK(*parse_byte_size("10M") == 10u << 20);
  CHECK(*parse_byte_size("10m") == 10u << 20);
  CHECK(*parse_byte_size("4096") == 4096);
  CHECK(*parse_byte_size("0") == 0);
  CHECK(*parse_byte_size("1.5 GiB") == 3ull << 29);
  CHECK(*parse_byte_size("500kb") == 500'000);
  CHECK(*parse_byte_size("0.1KB") == 100);
  CHECK(*parse_byte_size("2 tib") == 2ull << 40);
}

TEST_CASE("what is not a size is refused and named") {
  for (const char* text : {"", "MiB", "-1", "1.", ".5MB", "10 XB", "1e6", "10MiBs", "99999999999999999999", "9999999PiB"}) {
    INFO(text);
    const auto result = parse_byte_size(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().subject == "\"" + std::string(text) + "\"");
  }
}

TEST_CASE("sizes are printed in binary units with one decimal where it says something") {
  CHECK(format_byte_size(0) == "0 B");
  CHECK(format_byte_size(1023) == "1023 B");
  CHECK(format_byte_size(10u << 20) == "10 MiB");
  CHECK(format_byte_size(159803000) == "152.4 MiB");
  CHECK(format_byte_size((1u << 20) - 1) == "1 MiB");
}
