// Reader of `multi-pack-index` (gitformat-pack, "multi-pack-index (MIDX) files"): one look-up over many packs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/object_id.h"

namespace lfsguard::git {

class MultiPackIndex {
 public:
  // Version 1, SHA-1. Sizes and the fan-out table are checked so that look-ups stay inside the map.
  static Result<MultiPackIndex> open(const std::string& path);

  // Names ("pack-….idx") in the order of pack numbers.
  const std::vector<std::string>& pack_names() const { return pack_names_; }
  uint32_t count() const { return count_; }
  // Pack number and offset.
  std::optional<std::pair<uint32_t, uint64_t>> find(const ObjectId& id) const;

 private:
  MappedFile map_;
  std::vector<std::string> pack_names_;
  uint32_t count_ = 0;
  const uint8_t* fanout_ = nullptr;
  const uint8_t* ids_ = nullptr;
  const uint8_t* offsets_ = nullptr;  // 8 bytes each: pack number, offset
  const uint8_t* large_offsets_ = nullptr;
  size_t large_count_ = 0;
};

}  // namespace lfsguard::git
