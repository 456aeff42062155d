#include "git/attributes/wildmatch.h"

#include <string>

#include "tests/support/catch.h"

using lfsguard::attributes::wildmatch;

namespace {
bool path(std::string_view pattern, std::string_view text) { return wildmatch(pattern, text, {}); }
bool folded(std::string_view pattern, std::string_view text) { return wildmatch(pattern, text, {.fold_case = true}); }
bool name(std::string_view pattern, std::string_view text) { return wildmatch(pattern, text, {.pathname = false}); }
}  // namespace

TEST_CASE("a star stays within a path component, two between slashes do not") {
  CHECK(path("*.bin", "a.bin"));
  CHECK_FALSE(path("*.bin", "a/b.bin"));
  CHECK(path("a/*/c", "a/b/c"));
  CHECK_FALSE(path("a/*/c", "a/b/b/c"));
  CHECK(path("a/**/c", "a/c"));
  CHECK(path("a/**/c", "a/b/b/c"));
  CHECK(path("**/c", "c"));
  CHECK(path("**/c", "a/b/c"));
  CHECK_FALSE(path("**/c", "abc"));
  CHECK(path("a/**", "a/b/c"));
  CHECK_FALSE(path("a/**", "a"));
  CHECK_FALSE(path("a/b**c", "a/b/c"));
  CHECK(path("**/a*b/**/c", "x/ab/acb/y/c"));
  CHECK(path("**\\/c", "a/b/c"));
  CHECK_FALSE(path("**\\/c", "c"));
  CHECK(name("a*c", "a/b/c"));
}

TEST_CASE("brackets hold ranges, classes, escapes, and ']' when it comes first") {
  CHECK(path("[a-c]x", "bx"));
  CHECK_FALSE(path("[!a-c]x", "bx"));
  CHECK(path("[^a-c]x", "dx"));
  CHECK(path("[]-]", "]"));
  CHECK(path("[]-]", "-"));
  CHECK(path("[\\]]", "]"));
  CHECK(path("a[[:space:]]b", "a b"));
  CHECK_FALSE(path("a[[:space:]]b", "a\vb"));
  CHECK_FALSE(path("a[/]b", "a/b"));
  CHECK_FALSE(path("a[!x]b", "a/b"));
  CHECK(path("[[:]", ":"));
}

TEST_CASE("what is malformed matches nothing") {
  CHECK_FALSE(path("[a", "a"));
  CHECK_FALSE(path("[[:nope:]]", "n"));
  CHECK_FALSE(path("a\\", "a"));
  CHECK_FALSE(path("a\\", "a\\"));
  CHECK_FALSE(path("[", "["));
}

TEST_CASE("case folding leaves escaped letters and bracket members as they are, and reaches ranges and [:upper:]") {
  CHECK(folded("FoO", "fOo"));
  CHECK(folded("*.BIN", "x.bin"));
  CHECK_FALSE(folded("\\A", "a"));
  CHECK_FALSE(folded("[A]", "a"));
  CHECK(folded("[A-C]", "b"));
  CHECK(folded("[[:upper:]]", "b"));
  CHECK(folded("\xc3\xa9", "\xc3\xa9"));
  CHECK_FALSE(folded("\xc3\xa9", "\xc3\x89"));
}

TEST_CASE("patterns made to be slow are answered at once") {
  std::string stars, wide;
  for (int i = 0; i < 500; ++i) stars += "*a";
  for (int i = 0; i < 300; ++i) wide += "**/*a*/";
  CHECK_FALSE(path(stars + "b", std::string(4000, 'a')));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "aaa/";
  CHECK_FALSE(path(wide + "b", deep + "c"));
}
