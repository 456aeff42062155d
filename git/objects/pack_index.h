// Reader of `.idx` files, versions 1 and 2 with 64-bit offsets, and of `.rev` files (gitformat-pack: "pack-*.idx", "pack-*.rev").
//
// Mapped, never copied. Opening checks magic, version, sizes and the fan-out table, so that look-ups stay inside the map whatever the
// bytes say; the trailing checksum is not computed (git fsck does that) and offsets are only checked against the pack by its reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/object_id.h"

namespace lfsguard::git {

class PackIndex {
 public:
  static Result<PackIndex> open(const std::string& path);

  uint32_t count() const { return count_; }
  // Position in id order; raw 20 bytes.
  const uint8_t* raw_id(uint32_t position) const { return ids_ + static_cast<size_t>(position) * id_stride_; }
  ObjectId id(uint32_t position) const { return ObjectId::from_raw(raw_id(position)); }
  // Byte offset in the pack; UINT64_MAX when the index names a 64-bit slot that it does not have.
  uint64_t offset(uint32_t position) const;
  std::optional<uint32_t> find(const ObjectId& id) const;
  // The 20 bytes that end the pack itself: its name for caches.
  std::string pack_checksum() const { return {reinterpret_cast<const char*>(map_.data() + map_.size() - 40), 20}; }

  // Positions in order of their offsets: from `rev_path` when that file is there and fits, else by a radix sort.
  std::vector<uint32_t> pack_order(const std::string& rev_path) const;

 private:
  MappedFile map_;
  uint32_t count_ = 0;
  int version_ = 0;
  const uint8_t* fanout_ = nullptr;
  const uint8_t* ids_ = nullptr;
  size_t id_stride_ = 20;
  const uint8_t* offsets_ = nullptr;  // version 2: 4 bytes each
  const uint8_t* large_offsets_ = nullptr;
  size_t large_count_ = 0;
};

}  // namespace lfsguard::git
