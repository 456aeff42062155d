// The self-test after an installation: the hook is really called, by git, in a scratch repository.
#pragma once

#include <string>

#include "base/error.h"
#include "hooks/install_repository.h"

namespace lfsguard::hooks {

// Commits a file over the limit through a stub and expects to be stopped; commits a small one and expects to pass;
// scans an empty repository and expects "0 objects scanned". The error says which of these went otherwise, with what
// the programs said as causes.
Status check_installation(const Programs& programs);

}  // namespace lfsguard::hooks
