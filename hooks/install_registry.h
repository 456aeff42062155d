// The repositories of this user that have stubs of ours, so that uninstalling the program can name them:
// ~/.local/share/lfsguard/repositories, one common git directory a line.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace lfsguard::hooks {

// $XDG_DATA_HOME/lfsguard or ~/.local/share/lfsguard; empty where neither is set.
std::string data_folder();

Result<std::vector<std::string>> registered_repositories();
Status register_repository(const std::string& common_dir);
Status unregister_repository(const std::string& common_dir);

}  // namespace lfsguard::hooks
