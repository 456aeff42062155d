// Where git looks for a repository's hooks, and whose place that is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/git_config.h"
#include "git/process/repository_layout.h"

namespace lfsguard::hooks {

struct HookPlace {
  std::string folder;  // git rev-parse --git-path hooks, absolute
  enum class Owner {
    repository,  // inside the git directory: ours to write in
    everywhere,  // the folder of ours that core.hooksPath names for all repositories
    foreign,  // in the work tree (husky's .husky/_, a team's .githooks) or shared by repositories: nothing is written
              // there
  } owner = Owner::repository;
  std::string manager;  // "husky", "lefthook", "pre-commit", or empty when not known
  std::string scope;    // of core.hooksPath: "local", "global", ...; empty when it is not set
};

Result<HookPlace> hook_place(const git::RepositoryLayout& layout, const config::GitConfig& config);

// What a person adds to a foreign place's own configuration so that the hook is called; empty when it calls lfsguard
// already.
std::vector<std::string> lines_for_manager(const HookPlace& place, const git::RepositoryLayout& layout,
                                           const std::vector<std::string_view>& hook_names);
// Whether a foreign place's hook of that name calls lfsguard.
bool foreign_hook_calls_lfsguard(const HookPlace& place, const git::RepositoryLayout& layout,
                                 std::string_view hook_name);

// Folders of ours for all repositories of this user.
std::string everywhere_folder();
std::string configured_folder();

}  // namespace lfsguard::hooks
