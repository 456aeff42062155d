// Scans of what is committed: a whole history, or a range of it.
//
// Most repositories hold no large blob, so the question is turned round: sizes of everything stored come from pack headers (git/objects/pack_survey.h);
// only when something is at or over the lowest limit are commits and trees read (scanner/history_walk.h), and what breaks a rule is given its
// commit and refs (scanner/attribution.h).
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "git/process/repository_layout.h"
#include "lfs/store/object_store.h"
#include "scanner/finding.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

struct HistoryScanOptions {
  std::vector<std::string> refs;  // empty: all of them
  std::string range;              // "A..B": only the commits in B and not in A; empty: history
  bool strict = false;            // every rule on every path
  bool cache = true;
  bool ignore_case = false;       // core.ignoreCase
  bool trees_left_out = false;    // a partial clone whose filter leaves trees out: each is looked for, whatever the sizes of what is here
  const lfs::ObjectStore* store = nullptr;  // for uncovered-pointer; may be null
};

// Error kinds: usage (a range or ref that git does not know), corrupt, io.
Result<ScanResult> scan_history(const git::RepositoryLayout& layout, const PathPolicy& policy, const HistoryScanOptions& options, Progress& progress);

}  // namespace lfsguard::scanner
