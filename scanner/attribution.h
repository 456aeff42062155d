// From introductions to findings: one for each (rule, blob, path), with the oldest commit that brings it in and every ref that reaches one that
// does.
//
// Reaching is computed for many findings at once: each commit carries a bit for each group of findings that share their introducing commits, parents
// before children, 512 groups a pass. Time grows with commits times passes, memory with commits alone.
#pragma once

#include <string>
#include <vector>

#include "scanner/commit_list.h"
#include "scanner/finding.h"
#include "scanner/history_walk.h"

namespace lfsguard::scanner {

// A ref in scope and where it stands in the CommitList.
struct RefPosition {
  std::string name;
  uint32_t commit = 0;
};

// `refs` sorted by name. Appends to result.findings and result.allowed (messages and remedies are filled in by scanner/remedy.h) and to
// result.ref_groups.
void attribute(const CommitList& commits, const std::vector<RefPosition>& refs, std::vector<Introduction> introductions,
               const PathPolicy& policy, ScanResult& result);

}  // namespace lfsguard::scanner
