// Where a pack's objects lie, what they are, and what each delta is made from: the map that surveys and family walks share.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "git/objects/pack_file.h"

namespace lfsguard::git {

// Arrays by position in the pack (order of offsets).
struct PackLayout {
  static constexpr uint32_t kNoBase = UINT32_MAX;
  std::vector<uint32_t> order;      // position in the index (id order)
  std::vector<uint64_t> offsets;    // ascending
  std::vector<ObjectType> types;    // deltas have their base's
  std::vector<uint32_t> base;       // position of a delta's base, else kNoBase
};

// Headers are read on all cores. Errors (kind corrupt) name the byte: an unsound header, a base that is no object, a chain without end.
// PackFile::layout() keeps the answer.
Result<PackLayout> lay_out(const PackFile& pack);

}  // namespace lfsguard::git
