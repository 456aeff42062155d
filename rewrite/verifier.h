// Old and new history side by side, read back from the finished pack, before any ref moves.
//
// Trees: equal entry by entry but for converted files (the pointer's object and size are those of the blob it stands for) and attributes files.
// Each pointer's path must be covered by the new tree's own attributes. Other objects: read_back.h. All cores.
#pragma once

#include "base/big_vector.h"
#include "base/progress.h"
#include "git/objects/object_database.h"
#include "rewrite/blob_converter.h"
#include "rewrite/memory_shares.h"
#include "rewrite/options.h"

namespace lfsguard::rewrite {

struct TreePair {
  ObjectId old_oid, new_oid;
  bool operator==(const TreePair&) const = default;
};

// Error kind corrupt names the first thing that is not right; nothing has been published then.
Status verify_trees(const git::ObjectDatabase& database, const BigVector<TreePair>& roots, const Conversions& conversions, Direction direction, const MemoryShares& memory,
                    Progress& progress);

}  // namespace lfsguard::rewrite
