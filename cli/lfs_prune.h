// `lfs prune`, also as the end of `lfs fetch --prune`.
#pragma once

#include "cli/context.h"
#include "lfs/transfer/client.h"
#include "lfs/transfer/prunable.h"

namespace lfsguard::cli {

struct PruneOptions {
  lfs::PruneChoice choice;
  bool dry_run = false, verbose = false, verify_remote = false;
};

Status prune_store(Context& context, const lfs::Client& client, const PruneOptions& options);

}  // namespace lfsguard::cli
