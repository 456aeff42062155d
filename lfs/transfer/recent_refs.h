// What counts as recent for `fetch --recent` and for prune: refs whose tip was committed within some days, and the
// commits just below them. Settings: lfs.fetchrecentrefsdays (7), lfs.fetchrecentremoterefs (true),
// lfs.fetchrecentcommitsdays (0), lfs.pruneoffsetdays (3).
#pragma once

#include <vector>

#include "lfs/net/client_config.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::lfs {

struct RecentWindow {
  int64_t refs_days = 7;     // 0: no other ref than the current one is recent
  int64_t commits_days = 0;  // 0: tips only
  bool remote_refs = true;
  static RecentWindow read(const ClientConfig& config);
  // The same, longer by lfs.pruneoffsetdays where it is not zero.
  static RecentWindow for_prune(const ClientConfig& config);
};

// Pointers at HEAD's and the recent refs' tips, and in commits within commits_days of each tip.
Result<std::vector<ListedPointer>> recent_pointers(const git::RepositoryLayout& layout, const ClientConfig& config,
                                                   const RecentWindow& window);

}  // namespace lfsguard::lfs
