// Temporary files and folders that a run leaves when it is killed.
#pragma once

#include "git/process/repository_layout.h"

namespace lfsguard::rewrite {

// Removes them. Only under the run's lock: then no other run can be using them.
void remove_leftovers(const git::RepositoryLayout& layout);

}  // namespace lfsguard::rewrite
