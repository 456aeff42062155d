#include "git/attributes/attribute_stack.h"

#include <map>
#include <string>

#include "tests/support/catch.h"

using namespace lfsguard::attributes;

namespace {

std::shared_ptr<const AttributeFile> blob(std::string_view text) { return AttributeFile::parse(text, ReadFrom::blob); }
std::shared_ptr<const AttributeFile> on_disk(std::string_view text) {
  return AttributeFile::parse(text, ReadFrom::file);
}

// "filter" of a path in a repository with these files.
std::string filter_of(std::string_view path, const std::map<std::string, std::string>& files, OuterFiles outer = {},
                      bool ignore_case = false) {
  const AttributeBase base(std::move(outer), ignore_case);
  const size_t slash = path.rfind('/');
  const auto file_of = [&](std::string_view directory) -> std::shared_ptr<const AttributeFile> {
    const auto at = files.find(std::string(directory));
    return at == files.end() ? nullptr : blob(at->second);
  };
  const std::string_view directory = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
  return std::string(stack_for_directory(base, directory, file_of).filter(path.substr(slash + 1)).text());
}

}  // namespace

TEST_CASE("the last matching line wins, and on a line the last token") {
  CHECK(filter_of("a.bin", {{"", "*.bin filter=lfs\n*.bin filter=x\n"}}) == "x");
  CHECK(filter_of("a.bin", {{"", "*.bin filter=x -filter filter=lfs\n"}}) == "lfs");
  CHECK(filter_of("a.bin", {{"", "*.bin filter=lfs\na.bin !filter\n"}}) == "unspecified");
  CHECK(filter_of("a.bin", {{"", "*.bin filter=lfs\na.* -filter\n"}}) == "unset");
  CHECK(filter_of("a.bin", {{"", "*.bin filter\n"}}) == "set");
  CHECK(filter_of("a.bin", {{"", "*.bin filter=\n"}}).empty());
}

TEST_CASE("only the exact value lfs is LFS") {
  const auto is_lfs = [](std::string_view text) { return AttributeBase().root(blob(text)).filter("a").is_lfs(); };
  CHECK(is_lfs("a filter=lfs"));
  CHECK_FALSE(is_lfs("a filter=LFS"));
  CHECK_FALSE(is_lfs("a filter=lfs2"));
  CHECK_FALSE(is_lfs("a filter"));
  CHECK_FALSE(is_lfs("a -filter=lfs"));
}

TEST_CASE(
    "info/attributes goes before the nearest directory, that before the root, that before the global and the system's "
    "file") {
  OuterFiles outer;
  outer.system = on_disk("* filter=system\n");
  CHECK(filter_of("d/a", {}, outer) == "system");
  outer.global = on_disk("* filter=global\n");
  CHECK(filter_of("d/a", {}, outer) == "global");
  CHECK(filter_of("d/a", {{"", "* filter=root\n"}}, outer) == "root");
  CHECK(filter_of("d/a", {{"", "* filter=root\n"}, {"d/", "* filter=nested\n"}}, outer) == "nested");
  outer.info = on_disk("/d/a filter=info\n");
  CHECK(filter_of("d/a", {{"", "* filter=root\n"}, {"d/", "* filter=nested\n"}}, outer) == "info");
}

TEST_CASE("patterns are relative to the directory of their file") {
  const std::map<std::string, std::string> files = {{"d/", "/a filter=one\nsub/*.bin filter=two\n"}};
  CHECK(filter_of("d/a", files) == "one");
  CHECK(filter_of("a", files) == "unspecified");
  CHECK(filter_of("d/sub/a", files) == "unspecified");
  CHECK(filter_of("d/sub/x.bin", files) == "two");
  CHECK(filter_of("d/sub/sub/x.bin", files) == "unspecified");
}

TEST_CASE("macros count in the root's file and outside the tree, not in directories") {
  CHECK(filter_of("a", {{"", "[attr]big filter=lfs -text\na big\n"}}) == "lfs");
  CHECK(filter_of("d/a", {{"", "[attr]big filter=lfs\n"}, {"d/", "a big\n"}}) == "lfs");
  CHECK(filter_of("d/a", {{"d/", "[attr]big filter=lfs\na big\n"}}) == "unspecified");
  CHECK(filter_of("a", {{"", "[attr]big filter=lfs\na -big\n"}}) == "unspecified");
  CHECK(filter_of("a", {{"", "[attr]big filter=lfs\n* big\na !big\n"}}) == "unspecified");
  CHECK(filter_of("a", {{"", "[attr]one two\n[attr]two filter=lfs\na one\n"}}) == "lfs");
  CHECK(filter_of("a", {{"", "[attr]big filter=lfs\n* filter=x\na big\n"}}) == "lfs");
  OuterFiles outer;
  outer.info = on_disk("[attr]big filter=info\n");
  CHECK(filter_of("a", {{"", "[attr]big filter=lfs\na big\n"}}, outer) == "info");
}

TEST_CASE("git's own macro unsets diff, merge and text") {
  const AttributeStack stack = AttributeBase({}, {}, {"diff", "merge", "text"}).root(blob("a binary\nb binary text\n"));
  for (size_t attribute : {1, 2, 3}) CHECK(stack.decide(attribute, "a").text() == "unset");
  CHECK(stack.decide(3, "b").text() == "set");
}

TEST_CASE("negative patterns, directory patterns, overlong lines and invalid names are no lines") {
  CHECK(filter_of("b", {{"", "!a filter=lfs\n"}}) == "unspecified");
  CHECK(filter_of("d/b", {{"", "d/ filter=lfs\n"}}) == "unspecified");
  CHECK(filter_of("a", {{"", "a filter=lfs --bad\n"}}) == "unspecified");
  std::string longest = "a filter=lfs x=";
  longest.resize(2047, 'v');
  CHECK(filter_of("a", {{"", longest}}) == "lfs");
  CHECK(filter_of("a", {{"", longest + "v"}}) == "unspecified");
  const auto file = blob("!a filter=lfs\nd/ filter=lfs\n[attr]m x\nb --bad filter\n");
  REQUIRE(file->remarks().size() == 4);
  CHECK(file->remarks()[0].trouble == AttributeFile::Trouble::negative_pattern);
  CHECK(file->remarks()[1].trouble == AttributeFile::Trouble::matches_no_file);
  CHECK(file->remarks()[1].pattern == "d/");
  CHECK(file->remarks()[1].names_filter);
  CHECK(file->remarks()[2].trouble == AttributeFile::Trouble::macro);
  CHECK(file->remarks()[3].line == 4);
}

TEST_CASE("a file of 100 MiB is empty") {
  std::string text = "* filter=lfs\n";
  text.resize(AttributeFile::kFileLimit - 1, '\n');
  CHECK(AttributeFile::parse(text, ReadFrom::blob)->names_filter());
  text += '\n';
  CHECK_FALSE(AttributeFile::parse(text, ReadFrom::blob)->names_filter());
}

TEST_CASE("a byte order mark is skipped in files only, NUL ends a blob but only the line of a file") {
  const std::string marked = "\xef\xbb\xbf* filter=lfs\n";
  CHECK(AttributeBase().root(on_disk(marked)).filter("a").is_lfs());
  CHECK_FALSE(AttributeBase().root(blob(marked)).filter("a").is_lfs());
  const std::string cut("b x\0y\n* filter=lfs\n", 19);
  CHECK(AttributeBase().root(on_disk(cut)).filter("a").is_lfs());
  CHECK_FALSE(AttributeBase().root(blob(cut)).filter("a").is_lfs());
}

TEST_CASE("quoted patterns, carriage returns and case folding are git's") {
  CHECK(filter_of("new\nline", {{"", "\"new\\nline\" filter=lfs\r\n"}}) == "lfs");
  CHECK(filter_of("sp ace", {{"", "\"sp ace\"filter=lfs"}}) == "lfs");
  CHECK(filter_of("\"x", {{"", "\"x filter=lfs"}}) == "lfs");
  CHECK(filter_of("a.bin", {{"", "*.bin\rfilter=lfs\r\n"}}) == "lfs");
  CHECK(filter_of("d/A.BIN", {{"", "/D/a.bin filter=lfs\n"}}, {}, true) == "lfs");
  CHECK(filter_of("d/A.BIN", {{"", "/D/a.bin filter=lfs\n"}}) == "unspecified");
}

TEST_CASE("a decision names the line that made it") {
  const AttributeBase base;
  const AttributeStack root = base.root(blob("# first\n*.bin filter=lfs\n"));
  const AttributeStack nested = root.enter("d", blob("\n\nx.bin -filter\n"));
  CHECK(describe_source(nested.filter("a.bin")) == ".gitattributes:2");
  CHECK(describe_source(nested.filter("x.bin")) == "d/.gitattributes:3");
  CHECK(describe_source(nested.filter("x.txt")).empty());
}

TEST_CASE("a stack knows when a file, or all below it, has no say in filter") {
  const AttributeBase base;
  const AttributeStack root = base.root(blob("/a/*.bin filter=lfs\n"));
  CHECK(root.can_give_filter());
  CHECK(root.enter("a").can_give_filter());
  CHECK_FALSE(root.enter("b").can_give_filter());
  CHECK_FALSE(root.can_change_filter(*blob("* text\n*.png binary\n")));
  CHECK(root.can_change_filter(*blob("* !filter\n")));
  const AttributeStack with_macro = base.root(blob("[attr]big filter=lfs\n"));
  CHECK(with_macro.can_change_filter(*blob("*.png big\n")));
  CHECK_FALSE(with_macro.can_change_filter(*blob("*.png binary\n")));
}

TEST_CASE("thousands of literal lines are looked up, and the later of two equal ones wins") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "/dir/file" + std::to_string(i) + ".bin filter=lfs\n";
  text += "/dir/file77.bin -filter\n";
  const AttributeStack stack = AttributeBase().root(blob(text)).enter("dir");
  CHECK(stack.filter("file4999.bin").is_lfs());
  CHECK(stack.filter("file4999.bin").line == 5000);
  CHECK(stack.filter("file77.bin").text() == "unset");
  CHECK(stack.filter("file5000.bin").line == 0);
}

TEST_CASE("two stars behind a literal beginning are git's of before 2.52 or of after") {
  const auto matches = [](const char* version, std::string_view pattern, std::string_view path) {
    return PathPattern::parse(pattern).matches(path, path, MatchStyle::of_git(version, false));
  };
  CHECK(matches("git version 2.39.5", "foo**/bar", "foobar"));
  CHECK_FALSE(matches("git version 2.55.0", "foo**/bar", "foobar"));
  CHECK(matches("git version 2.51.2.windows.1", "d/foo**", "d/foo/x"));
  CHECK_FALSE(matches("git version 2.52.0.rc1", "d/foo**", "d/foo/x"));
  CHECK(matches("git version 2.52.0", "d/**", "d/foo/x"));
  CHECK(matches("no version", "d/foo**", "d/foo/x"));
}
