// Filters and hooks after a rewrite: without them a later push would send pointers without objects.
#pragma once

#include <string>

#include "base/error.h"
#include "cli/context.h"

namespace lfsguard::cli {

// Where no LFS filter is configured: installs in the repository, says each change, and marks it in the run's folder. `run` may be empty.
Status install_where_missing(Context& context, const git::RepositoryLayout& layout, const std::string& run);
// Takes back what that run installed, if it did.
Status uninstall_what_run_installed(Context& context, const git::RepositoryLayout& layout, const std::string& run);

}  // namespace lfsguard::cli
