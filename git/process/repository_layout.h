// Where a repository keeps its things, as git says (`git rev-parse`), so that worktrees, submodules, gitfiles and GIT_DIR are right.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace lfsguard::git {

// All paths absolute, without a trailing slash.
struct RepositoryLayout {
  std::string git_dir;         // of this work tree: .git/worktrees/<id> in a linked one
  std::string common_dir;      // shared by all work trees; equals git_dir in the main one
  std::string object_dir;      // <common_dir>/objects, or GIT_OBJECT_DIRECTORY
  std::string work_tree;       // empty in a bare repository
  bool bare = false;
  std::string private_dir() const { return common_dir + "/lfsguard"; }  // everything of ours lies below it
};

// One git process. `directory` empty: here. Errors: not_found when there is no repository, unsupported for SHA-256 object ids (named).
Result<RepositoryLayout> discover_repository(const std::string& directory = {});

// The top of the work tree where whoever started this program stands elsewhere, below it or, as with -C, anywhere; empty where they stand there, and
// in a bare repository. A hook is started at the top, and GIT_PREFIX says where git was.
std::string top_to_go_to(const RepositoryLayout& layout);

// Without a process, for hooks: git runs them with the top of the work tree (or the bare repository) as current folder and GIT_DIR set where
// discovery alone would not find it. Falls back to the above where that does not hold.
Result<RepositoryLayout> repository_of_hook();

}  // namespace lfsguard::git
