// Which paths a scan is about: git's pathspecs (gitglossary(7)): a file, a directory, a glob whose `*` crosses slashes, with the
// magic words top (`:/`), exclude (`:!`, `:^`), icase, literal and glob.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lfsguard::scanner {

class Pathspec {
 public:
  // `prefix`: where the scan was started below the top, "" or "a/b/". `work_tree`: what absolute paths must lie in, "" in a bare repository.
  // Error usage: magic that is not known, a path outside the repository, an empty word.
  static Result<Pathspec> parse(const std::vector<std::string>& words, const std::string& prefix, const std::string& work_tree);
  // With no words everything matches; with excluding ones only, everything else.
  bool matches(std::string_view path) const;
  bool empty() const { return items_.empty(); }

 private:
  struct Item {
    std::string pattern;
    bool exclude = false, ignore_case = false, literal = false, glob = false;
    bool matches(std::string_view path) const;
  };
  std::vector<Item> items_;
  bool only_excludes_ = true;
};

}  // namespace lfsguard::scanner
