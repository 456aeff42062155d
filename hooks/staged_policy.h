// The settings for what is staged: .lfsguard.toml is the staged one where it is tracked.
#pragma once

#include "config/policy_sources.h"
#include "git/process/repository_layout.h"

namespace lfsguard::hooks {

Result<config::LoadedPolicy> policy_for_staged(const git::RepositoryLayout& layout);

}  // namespace lfsguard::hooks
