// The commit that HEAD names, read from its files without starting git.
#pragma once

#include <optional>

#include "base/object_id.h"
#include "git/process/repository_layout.h"

namespace lfsguard::git {

// nullopt where HEAD is not to be had so (no commit yet, a reftable, a symbolic ref that names another): git is to be asked then.
std::optional<ObjectId> head_commit_from_files(const RepositoryLayout& layout);

}  // namespace lfsguard::git
