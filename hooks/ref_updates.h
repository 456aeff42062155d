// The lines that git writes to a hook that is about refs.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "scanner/push_scan.h"

namespace lfsguard::hooks {

// githooks(5), pre-push: "<local ref> <local id> <remote ref> <remote id>"; the local ref may hold spaces, so lines are read from the right. A
// deletion has the local ref "(delete)" and a null id. Empty input is a push of nothing.
Result<std::vector<scanner::RefUpdate>> parse_pre_push(std::string_view input);

// githooks(5), pre-receive: "<old id> <new id> <ref>".
Result<std::vector<scanner::RefUpdate>> parse_pre_receive(std::string_view input);

}  // namespace lfsguard::hooks
