// Scans of what is not committed yet: the index, and the work tree.
#pragma once

#include "base/progress.h"
#include "config/git_config.h"
#include "git/process/repository_layout.h"
#include "git/process/staged_changes.h"
#include "lfs/store/object_store.h"
#include "scanner/finding.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

struct StagedScan {
  ScanResult result;
  std::vector<git::StagedEntry> entries;  // everything that was judged
};

// `all_rules`: every rule on every staged path, as the hooks do; else oversize and raw-in-lfs on large blobs. Sizes come from the blobs'
// headers (the index's size field is the work-tree file's). `store`: for uncovered-pointer; may be null.
// `changes`: git::staged_changes, asked for by the caller (hooks do so while they read settings). No process is started where nothing is found,
// but for repositories whose attributes only git can tell (scanner/index_attributes.h).
Result<StagedScan> scan_staged(const git::RepositoryLayout& layout, const PathPolicy& policy, bool all_rules, const lfs::ObjectStore* store,
                               const config::GitConfig& git_config, git::StagedChanges changes);

// Files that `git add -A` would take: tracked and changed, or neither tracked nor ignored. Judged by their size on disk; what a filter covers becomes a
// pointer by itself and is right.
Result<ScanResult> scan_work_tree(const git::RepositoryLayout& layout, const PathPolicy& policy, Progress& progress);

}  // namespace lfsguard::scanner
