// Whether a repository is guarded: for each hook who calls lfsguard, and who stands in the way.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/git_config.h"
#include "git/process/repository_layout.h"

namespace lfsguard::hooks {

struct HookState {
  std::string name;
  // "repository" (a stub in its hook folder), "all repositories" (core.hooksPath), "configuration" (git 2.54 and
  // later), "husky" or another manager's name, "its owner" (a foreign folder whose hook calls lfsguard); empty: nobody
  // does.
  std::string guarded_by;
  std::string path;     // of the file that calls, where there is one
  bool kept = false;    // a hook that was there before runs first
  std::string problem;  // a missing program, a stub that git does not look at; empty: none
};

Result<std::vector<HookState>> hook_states(const git::RepositoryLayout& layout, const config::GitConfig& config);

}  // namespace lfsguard::hooks
