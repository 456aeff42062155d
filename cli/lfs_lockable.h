// Files with the attribute `lockable` are read-only in the work tree until their user holds the lock (git-lfs's lfs.setlockablereadonly).
//
// Which locks are held is written down in <common git dir>/lfsguard/locks (paths, NUL after each) when they are taken and given back here;
// locks that git-lfs took are in a cache of its own, which is not read.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "lfs/transfer/client.h"

namespace lfsguard::cli {

// lfs.setlockablereadonly, and GIT_LFS_SET_LOCKABLE_READONLY over it; true where neither says anything.
bool lockable_files_are_read_only(const lfs::Client& client);

// Tracked files that have the attribute; one process. Empty where the setting is off.
Result<std::unordered_set<std::string>> lockable_files(const lfs::Client& client);

std::unordered_set<std::string> held_locks(const git::RepositoryLayout& layout);
Status remember_lock(const git::RepositoryLayout& layout, const std::string& path, bool held);

// The mode without write bits, or with the owner's.
unsigned lockable_mode(unsigned mode, bool writable);
// Sets it for a file of the work tree; one that is missing, or no regular file, is left alone.
Status set_writable(const lfs::Client& client, const std::string& path, bool writable);

}  // namespace lfsguard::cli
