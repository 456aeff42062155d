// Hooks, filters and settings of one repository: put in, taken out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/git_config.h"
#include "git/process/repository_layout.h"
#include "hooks/install_changes.h"

namespace lfsguard::hooks {

struct Programs {
  std::string lfsguard;  // absolute paths of what is installed
  std::string hook;
};

struct InstallOptions {
  Programs programs;
  bool server = false;                                        // pre-receive instead of the client's hooks, no filters
  bool keep_filters = false;                                  // on uninstalling
  std::vector<std::pair<std::string, std::string>> settings;  // "mode", "block": lfsguard.* of the repository
};

// What could not be done, each with what the person can do about it. Empty: all is done.
using Undone = std::vector<std::string>;

Result<Undone> install_in_repository(Changes& changes, const git::RepositoryLayout& layout,
                                     const config::GitConfig& config, const InstallOptions& options);
Result<Undone> uninstall_from_repository(Changes& changes, const git::RepositoryLayout& layout,
                                         const config::GitConfig& config, const InstallOptions& options);

// Stubs in a folder that is no repository's: a template's hooks, or those for all repositories.
Status write_client_stubs(Changes& changes, const std::string& folder, const Programs& programs);

// filter.lfs.{clean,smudge,process,required} that run the program by its absolute path and fail with one line where it
// is missing.
std::vector<std::pair<std::string, std::string>> filter_settings(const std::string& program);

enum class FilterOwner { none, lfsguard, git_lfs, other };
struct FilterState {
  FilterOwner owner = FilterOwner::none;
  std::string scope;   // where the deciding key stands
  bool works = false;  // the program that it names is there
};
FilterState filter_state(const config::GitConfig& config);

// Whether any path of the index (bare: of HEAD) has an attribute line with filter=lfs.
Result<bool> uses_lfs(const git::RepositoryLayout& layout);

}  // namespace lfsguard::hooks
