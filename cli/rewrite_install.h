// Filters and hooks after a rewrite: without them a later push would send pointers without objects.
#pragma once

#include "base/error.h"
#include "cli/context.h"
#include "rewrite/run_folder.h"

namespace lfsguard::cli {

// Where no LFS filter is configured: installs in the repository and says each change.
Status install_where_missing(Context& context, const git::RepositoryLayout& layout);

// Of a run that this command starts: installs where no filter is configured and marks it in the run's folder; an undo takes back what was so marked.
// Both must live as long as what is returned.
rewrite::Surroundings surroundings_of_run(Context& context, const git::RepositoryLayout& layout);
// Of one that was killed, and that any command may come upon: what cannot be installed is a warning, or no command could go on.
rewrite::Surroundings surroundings_of_killed_run(Context& context, const git::RepositoryLayout& layout);

}  // namespace lfsguard::cli
