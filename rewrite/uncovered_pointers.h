// LFS pointers that no attribute covers: a rewrite leaves them as they are, and says so.
//
// Looked for at the tips of refs, where they do harm (a checkout gives pointer text for a file); older commits are `lfsguard scan --strict`'s.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "git/objects/object_reader.h"
#include "rewrite/attributes_plan.h"
#include "rewrite/selection.h"

namespace lfsguard::rewrite {

struct TipTree {
  ObjectId tree_oid;
  uint32_t edit = 0;  // into the plan's edits: lines that the tree will get
};

// Paths in order of their bytes. Neighbours should be alike: what two share is looked at once. All cores. `attributes` may be null: no tree gets a line.
Result<std::vector<std::string>> uncovered_pointers(const git::ObjectDatabase& database, const std::vector<TipTree>& tips, AttributesPlan* attributes,
                                                    const PathSelection& selection);

}  // namespace lfsguard::rewrite
