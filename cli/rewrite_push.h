// `rewrite --push`: LFS objects first, checked, then the refs that moved, all or none.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/context.h"
#include "rewrite/run_folder.h"

namespace lfsguard::cli {

// Of `changes` the branches and tags that the remote has, the branch checked out, and everything where the remote has no refs yet. Each ref is
// pushed with a lease on what the remote has now; a remote ref that this repository does not know is refused by name. 0, or git's exit code.
Result<int> push_rewritten(Context& context, const git::RepositoryLayout& layout, const std::string& remote, const std::vector<rewrite::RefChange>& changes);

}  // namespace lfsguard::cli
