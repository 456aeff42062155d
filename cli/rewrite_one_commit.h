// `--no-rewrite`: what HEAD holds at some paths becomes pointers, in one new commit on top; history stays as it is.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "config/policy_sources.h"

namespace lfsguard::cli {

// `words`: pathspecs. `message`: the commit's; empty: one that names the path or counts them.
Result<int> commit_into_lfs(Context& context, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const std::vector<std::string>& words,
                            std::string message);

}  // namespace lfsguard::cli
