// An order of commits in which each tree comes soon after the one that it is nearest to: its first parent's. Branches follow the commit that they fork off.
// By date, branches alternate, and each tree would be far from the one before.
#pragma once

#include <cstdint>

#include "base/big_vector.h"
#include "git/objects/history.h"

namespace lfsguard::rewrite {

struct TreeVisit {
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t commit = 0;    // position in History::commits()
  uint32_t near = kNone;  // its first parent, which comes earlier
};

// Every commit once.
BigVector<TreeVisit> tree_order(const git::History& history);

}  // namespace lfsguard::rewrite
