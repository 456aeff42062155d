// `--no-rewrite`: what HEAD holds at some paths becomes pointers, in one new commit on top; history stays as it is.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "config/policy_sources.h"

namespace lfsguard::cli {

struct OneCommit {
  std::vector<std::string> paths;  // pathspecs, each of which must name a tracked file
  std::string message;             // empty: one that names the path or counts them
  bool dry_run = false;            // say what would be done, write nothing
  bool yes = false;                // do not ask
};

// A commit that cannot be made (a hook of the repository's refuses it) leaves index and attributes files as they were.
Result<int> commit_into_lfs(Context& context, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const OneCommit& wish);

}  // namespace lfsguard::cli
