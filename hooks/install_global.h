// Hooks for every repository of a user, and template folders.
//
// git 2.54 and later run hooks that the configuration names (hook.<name>.command, hook.<name>.event) beside a
// repository's own; before that, core.hooksPath takes the place of each repository's folder, so ours holds a stub for
// every hook name that runs the repository's own.
#pragma once

#include <string>

#include "base/error.h"
#include "config/git_config.h"
#include "hooks/install_changes.h"
#include "hooks/install_repository.h"

namespace lfsguard::hooks {

// The file that `git config --global` writes.
std::string global_config_file();

// Whether the git on PATH runs hooks named by the configuration (2.54 and later).
Result<bool> git_has_config_hooks();

// `config`: git's configuration outside of any repository.
Result<Undone> install_globally(Changes& changes, const config::GitConfig& config, const InstallOptions& options);
Result<Undone> uninstall_globally(Changes& changes, const config::GitConfig& config, const InstallOptions& options);

// `folder` empty: a folder of ours, and init.templateDir is set to it.
Result<Undone> install_template(Changes& changes, const config::GitConfig& config, std::string folder,
                                const InstallOptions& options);
Result<Undone> uninstall_template(Changes& changes, const config::GitConfig& config, std::string folder,
                                  const InstallOptions& options);

}  // namespace lfsguard::hooks
