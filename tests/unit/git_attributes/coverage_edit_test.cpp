#include "git/attributes/coverage_edit.h"

#include <map>
#include <string>

#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::attributes;

namespace {

using Files = std::map<std::string, std::string>;

AttributesPlace place_of(const Files& files) {
  AttributesPlace place;
  place.read = [&files](std::string_view directory) -> Result<std::optional<std::string>> {
    const auto at = files.find(std::string(directory));
    if (at == files.end()) return std::optional<std::string>();
    return std::optional<std::string>(at->second);
  };
  return place;
}

CoverageEdit cover(const Files& files, const std::vector<CoverageRequest>& requests,
                   const AttributeBase& base = AttributeBase(), bool union_line = false) {
  auto edit = edit_to_cover(base, requests, place_of(files), union_line);
  REQUIRE(edit);
  return *edit;
}

const std::string kLfs = " filter=lfs diff=lfs merge=lfs -text\n";

}  // namespace

TEST_CASE("an uncovered path gets its line in the root's file, a covered one nothing") {
  const CoverageEdit edit = cover({{"", "*.bin filter=lfs\n"}}, {{"a/x.bin", ""}, {"a/y z.dat", ""}});
  CHECK(edit.files == Files{{"", "*.bin filter=lfs\n/a/y[[:space:]]z.dat" + kLfs}});
  CHECK(edit.refusals.empty());
  CHECK(cover(edit.files, {{"a/y z.dat", ""}}).files.empty());
}

TEST_CASE("a pattern asked for by several paths is written once") {
  const CoverageEdit edit = cover({}, {{"a.st", "*.st"}, {"b/c.st", "*.st"}});
  CHECK(edit.files == Files{{"", "*.st" + kLfs}});
}

TEST_CASE("a file of a deeper directory that says otherwise gets a line of its own") {
  const CoverageEdit edit =
      cover({{"d/", "*.bin -filter\n"}, {"d/e/", "x* !filter"}}, {{"d/e/x.bin", "*.bin"}, {"d/y.bin", "*.bin"}});
  CHECK(edit.files ==
        Files{{"", "*.bin" + kLfs}, {"d/", "*.bin -filter\n/y.bin" + kLfs}, {"d/e/", "x* !filter\n/x.bin" + kLfs}});
  CHECK(edit.refusals.empty());
}

TEST_CASE("an overridden line that is there already is added again behind the one that overrides it") {
  const CoverageEdit edit = cover({{"", "/a" + kLfs + "a -filter\n"}}, {{"a", ""}});
  CHECK(edit.files == Files{{"", "/a" + kLfs + "a -filter\n/a" + kLfs}});
}

TEST_CASE("a path too long for a line in the root's file is covered from a deeper directory") {
  const std::string directory = std::string(200, 'd') + "/";
  std::string deep;
  for (int i = 0; i < 12; ++i) deep += directory;
  const CoverageEdit edit = cover({}, {{deep + "x.bin", ""}});
  REQUIRE(edit.refusals.empty());
  REQUIRE(edit.files.size() == 1);
  CHECK(edit.files.begin()->first == deep.substr(0, 3 * directory.size()));
}

TEST_CASE("what info/attributes decides is refused by name") {
  OuterFiles outer;
  outer.info = AttributeFile::parse("\n*.bin -filter\n", ReadFrom::file);
  const CoverageEdit edit = cover({}, {{"a.bin", ""}, {"b.dat", ""}}, AttributeBase(outer));
  REQUIRE(edit.refusals.size() == 1);
  CHECK(edit.refusals[0].path == "a.bin");
  CHECK(edit.refusals[0].error.causes == std::vector<std::string>{"info/attributes:2 says filter: unset"});
  CHECK(edit.refusals[0].error.hint == "change or remove that line of info/attributes");
  CHECK(edit.files.at("").find("b.dat") != std::string::npos);
}

TEST_CASE("a file that must not be changed is gone round, or its paths are refused with the reason") {
  const Files files = {{"", ""}};
  AttributesPlace place = place_of(files);
  place.unwritable = [](std::string_view directory) {
    return directory.empty() ? std::string("it is a symbolic link") : std::string();
  };
  const auto edit = edit_to_cover(AttributeBase(), {{"a.bin", ""}, {"d/b.bin", ""}}, place);
  REQUIRE(edit);
  CHECK(edit->files == Files{{"d/", "/b.bin" + kLfs}});
  REQUIRE(edit->refusals.size() == 1);
  CHECK(edit->refusals[0].path == "a.bin");
  CHECK(edit->refusals[0].error.causes == std::vector<std::string>{"it is a symbolic link: .gitattributes"});
}

TEST_CASE("a changed root file gets the line for union merges when asked, once") {
  const CoverageEdit edit = cover({}, {{"a", ""}}, AttributeBase(), true);
  CHECK(edit.files == Files{{"", "/a" + kLfs + "/.gitattributes merge=union\n"}});
  CHECK(cover(edit.files, {{"b", ""}}, AttributeBase(), true).files.at("") == edit.files.at("") + "/b" + kLfs);
}

TEST_CASE("nested lines are written where they are preferred") {
  const Files files;
  AttributesPlace place = place_of(files);
  place.preferred = AttributesPlace::Preferred::nested;
  const auto edit = edit_to_cover(AttributeBase(), {{"d/a b.bin", "*.bin"}}, place);
  REQUIRE(edit);
  CHECK(edit->files == Files{{"d/", "/a[[:space:]]b.bin" + kLfs}});
}
