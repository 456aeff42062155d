// The sending half of pre-push: LFS objects of a push to its remote, before git sends the pointers.
#pragma once

#include "base/error.h"
#include "cli/context.h"
#include "hooks/hook.h"

namespace lfsguard::cli {

// The hook's exit code: 0 when the remote has every object (or allows a push without).
Result<int> upload_for_push(Context& context, const hooks::HookCall& hook, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings,
                            const scanner::PushScan& scan);

}  // namespace lfsguard::cli
