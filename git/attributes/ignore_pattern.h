// Path globs of settings and flags ([[limit]] path, [[allow]] path, --include, --exclude): gitignore patterns, matched
// as git matches them.
//
// A pattern that matches a directory matches all below it; `weights/` matches directories only; a `*` in a pattern
// without a slash crosses nothing but stands for the last name of the path or of a directory above. Each is one pattern
// as `git ls-files --exclude=` takes it: '#' is no comment, spaces at the end count.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "git/attributes/path_pattern.h"

namespace lfsguard::attributes {

enum class Reach {
  below_directories,  // gitignore: what matches a directory matches what is in it
  files_only,         // gitattributes: the file's own path must match
};

class IgnorePattern {
 public:
  explicit IgnorePattern(std::string text, MatchStyle style = {}, Reach reach = Reach::below_directories);
  IgnorePattern(const IgnorePattern& other) : IgnorePattern(other.text_, other.style_, other.reach_) {}
  IgnorePattern& operator=(const IgnorePattern& other);

  // Of a file, relative to the top of the repository. A pattern with '!' in front never matches by itself.
  bool matches(std::string_view path) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  PathPattern pattern_;  // points into text_
  MatchStyle style_;
  Reach reach_ = Reach::below_directories;
};

// Patterns in order, the last match wins, '!' takes back; what lies below a matched directory cannot be taken back
// (gitignore(5)).
class PathList {
 public:
  explicit PathList(std::vector<std::string> patterns = {}, MatchStyle style = {},
                    Reach reach = Reach::below_directories);
  PathList(const PathList& other) : PathList(other.texts_, other.style_, other.reach_) {}
  PathList& operator=(const PathList& other);

  bool empty() const { return texts_.empty(); }
  bool matches(std::string_view path) const;

 private:
  std::vector<std::string> texts_;
  std::vector<PathPattern> patterns_;  // point into texts_
  MatchStyle style_;
  Reach reach_ = Reach::below_directories;
};

}  // namespace lfsguard::attributes
