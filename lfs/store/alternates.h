// Object folders that a repository borrows from: `objects/info/alternates` (and theirs in turn) and
// GIT_ALTERNATE_OBJECT_DIRECTORIES. Here only for their LFS objects. Format: gitrepository-layout(5); lines that begin
// with a double quote are C-quoted.
#pragma once

#include <string>
#include <vector>

namespace lfsguard::lfs {

// Absolute paths of alternate object folders, nearest first, each once. Unreadable files count as empty, as they do for
// git.
std::vector<std::string> alternate_object_dirs(const std::string& object_dir);

}  // namespace lfsguard::lfs
