// Before a push: whether files that it changes are locked by somebody else (the public Git LFS document "File Locking API", "List Locks for
// Verification"; docs/lfs.md, "Pre-push upload").
//
// `lfs.<url>.locksverify` true: the server is asked, and locks of others stop the push. False: nobody is asked. Not set: it is asked only
// where the push changes files with the attribute `lockable`, and what it says is only told. A server that has no locks (404, 501) is
// remembered by setting locksverify to false in the repository's own configuration, as git-lfs does.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "lfs/net/locks.h"
#include "lfs/transfer/client.h"
#include "lfs/transfer/push_upload.h"

namespace lfsguard::lfs {

struct LockVerdict {
  bool stops_push = false;         // files are locked by others, and the setting says that this counts
  std::vector<std::string> lines;  // for people, in git-lfs's words
};

// `updates` as in upload_for_push. Errors: the server could not be asked and locksverify is true.
Result<LockVerdict> verify_locks(const Client& client, const std::string& remote, const std::vector<RefUpdate>& updates);

// Of the paths those that have the attribute `lockable`, by the work tree's .gitattributes.
Result<std::vector<bool>> have_lockable_attribute(const git::RepositoryLayout& layout, const std::vector<std::string>& paths);

}  // namespace lfsguard::lfs
