// What `git lfs track` lists: the patterns of all attributes files that set `filter` or `lockable`, under the names
// that git-lfs gives them.
//
// This is git-lfs's view of the files, kept line for line so that scripts see what they are used to: each line stands
// for itself, a macro is expanded one level, `dir/` is listed though it covers nothing, and what a later line overrides
// is listed too. Whether a path is covered is asked of AttributeStack. Compared with git-lfs 3.3.0 in
// tests/integration/track.test.sh.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lfsguard::attributes {

// One attributes file. For git-lfs's order: info/attributes and the work tree's files by falling length of their path,
// then core.attributesFile, then the system's.
struct PatternFile {
  std::string
      name;  // relative to the top of the work tree: "a/.gitattributes", ".git/info/attributes"; "" for files outside
  std::string bytes;
  bool has_macros = false;  // the root's, info/attributes, and the ones outside
};

struct TrackedPattern {
  std::string pattern;  // from the top, cleaned like a path: "sub/*.bin"
  std::string source;   // PatternFile::name
  bool lockable = false;
  bool tracked = false;
};

std::vector<TrackedPattern> tracked_patterns(const std::vector<PatternFile>& files);

// Both as git-lfs prints them; the text is empty when there is no pattern.
std::string tracked_patterns_text(const std::vector<TrackedPattern>& patterns, bool with_excluded);
std::string tracked_patterns_json(const std::vector<TrackedPattern>& patterns);

// "a/./b//c/../d" -> "a/b/d"; "." for nothing left.
std::string clean_path(std::string_view path);
// `path` below `directory` (may be "" or "."), cleaned; a leading slash of `path` counts for nothing.
std::string join_path(std::string_view directory, std::string_view path);

// In double quotes as Go's %q prints it, which is what git-lfs's messages have.
std::string go_quote(std::string_view text);

}  // namespace lfsguard::attributes
