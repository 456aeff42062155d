#include "git/attributes/ignore_pattern.h"

#include "tests/support/catch.h"

using namespace lfsguard::attributes;

TEST_CASE("a pattern that matches a directory matches all below it") {
  CHECK(IgnorePattern("weights").matches("weights"));
  CHECK(IgnorePattern("weights").matches("a/weights/b/c.bin"));
  CHECK(IgnorePattern("weights/").matches("a/weights/c.bin"));
  CHECK_FALSE(IgnorePattern("weights/").matches("a/weights"));
  CHECK(IgnorePattern("/weights").matches("weights/x"));
  CHECK_FALSE(IgnorePattern("/weights").matches("a/weights/x"));
  CHECK(IgnorePattern("*.csv").matches("data/x.csv"));
  CHECK(IgnorePattern("docs/*.pdf").matches("docs/manual.pdf"));
  CHECK_FALSE(IgnorePattern("docs/*.pdf").matches("docs/a/manual.pdf"));
  CHECK(IgnorePattern("docs/**").matches("docs/a/manual.pdf"));
  CHECK(IgnorePattern("*.D", true).matches("x.d/y"));
  CHECK_FALSE(IgnorePattern("").matches("a"));
}

TEST_CASE("gitattributes reach looks at the file's own path only") {
  CHECK_FALSE(IgnorePattern("weights", {}, Reach::files_only).matches("weights/x"));
  CHECK_FALSE(IgnorePattern("weights/", {}, Reach::files_only).matches("weights/x"));
  CHECK(IgnorePattern("weights/*", {}, Reach::files_only).matches("weights/x"));
}

TEST_CASE("in a list the last match wins, '!' takes back, but not below a matched directory") {
  const PathList list({"*.bin", "!keep.bin", "/out/"});
  CHECK(list.matches("a/x.bin"));
  CHECK_FALSE(list.matches("a/keep.bin"));
  CHECK(list.matches("out/keep.bin"));
  CHECK_FALSE(list.matches("out"));
  CHECK_FALSE(PathList().matches("a"));
  CHECK(PathList({"!a", "a"}).matches("a"));
  CHECK_FALSE(PathList({"a", "!a"}).matches("a"));
  CHECK_FALSE(IgnorePattern("!a").matches("b"));
}

TEST_CASE("copies of patterns own their text") {
  PathList copy;
  {
    const PathList original({"some/rather/long/pattern/that/is/not/stored/inline/*.bin"});
    copy = original;
  }
  CHECK(copy.matches("some/rather/long/pattern/that/is/not/stored/inline/a.bin"));
}
