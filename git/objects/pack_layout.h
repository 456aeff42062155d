// Where a pack's objects lie, what they are, and what each delta is made from: the map that surveys and family walks share.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/big_vector.h"
#include "base/error.h"
#include "git/objects/id_positions.h"
#include "git/objects/pack_file.h"

namespace lfsguard::git {

// Arrays by position in the pack (order of offsets).
struct PackLayout {
  static constexpr uint32_t kNoBase = UINT32_MAX;
  std::vector<uint32_t> order;      // position in the index (id order)
  BigVector<uint64_t> offsets;      // ascending
  std::vector<ObjectType> types;    // deltas have their base's
  BigVector<uint32_t> base;         // position of a delta's base, else kNoBase
  IdBuckets buckets;                // of the ids in the index

  // Position in the index (id order): a look at the table and one at the id.
  std::optional<uint32_t> find(const PackIndex& index, const ObjectId& id) const {
    const auto [begin, end] = buckets.range(id);
    for (uint32_t at = begin; at < end; ++at)
      if (std::memcmp(index.raw_id(at), id.bytes.data(), ObjectId::kSize) == 0) return at;
    return std::nullopt;
  }
};

// Headers are read on all cores. Errors (kind corrupt) name the byte: an unsound header, a base that is no object, a chain without end.
// PackFile::layout() keeps the answer.
Result<PackLayout> lay_out(const PackFile& pack);

}  // namespace lfsguard::git
