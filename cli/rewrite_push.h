// `rewrite --push`: LFS objects first, checked, then the refs that moved, all or none.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/context.h"
#include "rewrite/run_folder.h"

namespace lfsguard::cli {

// Before anything is written: the remote answers, and has nothing in the place of `planned` refs that would be lost. Error kind conflict names the ref.
Status check_remote(const git::RepositoryLayout& layout, const std::string& remote, const std::vector<rewrite::RefChange>& planned);

// Of `changes` the branches and tags that the remote has, the branch checked out, and everything where the remote has no refs yet. Each ref is
// pushed with a lease on what the remote has now; a remote ref with commits that would be lost is refused by name. 0, or git's exit code.
Result<int> push_rewritten(Context& context, const git::RepositoryLayout& layout, const std::string& remote, const std::vector<rewrite::RefChange>& changes);

}  // namespace lfsguard::cli
