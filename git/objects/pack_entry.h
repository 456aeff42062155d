// A pack entry's header: type, size and delta base (gitformat-pack, "Pack entries").
//
// A cheap probe: it reads the few bytes before the deflated stream and validates only that they stay inside the pack. That the
// stream inflates to `size` bytes is for git/objects/inflate.h to find out.
#pragma once

#include <cstdint>

#include "base/object_id.h"
#include "git/objects/object_type.h"

namespace lfsguard::git {

struct PackEntry {
  ObjectType type = ObjectType::none;  // as stored: may be ofs_delta or ref_delta
  uint64_t size = 0;                   // of the inflated stream: the object, or the delta
  uint64_t stream_offset = 0;          // where the deflated bytes begin, from the pack's start
  uint64_t base_offset = 0;            // of an ofs_delta; always less than the entry's own offset
  ObjectId base_id;                    // of a ref_delta
};

// `pack` is the whole file, `end` the offset where its trailing checksum begins. False: the header is not sound.
inline bool decode_pack_entry(const uint8_t* pack, uint64_t end, uint64_t offset, PackEntry& entry) {
  if (offset < 12 || offset >= end) return false;
  uint64_t at = offset;
  uint8_t byte = pack[at++];
  entry.type = static_cast<ObjectType>((byte >> 4) & 7);
  uint64_t size = byte & 15;
  unsigned shift = 4;
  while (byte & 0x80) {
    if (at >= end || shift > 60) return false;
    byte = pack[at++];
    size |= static_cast<uint64_t>(byte & 0x7f) << shift;
    shift += 7;
  }
  entry.size = size;
  switch (entry.type) {
    case ObjectType::commit:
    case ObjectType::tree:
    case ObjectType::blob:
    case ObjectType::tag: break;
    case ObjectType::ofs_delta: {
      if (at >= end) return false;
      byte = pack[at++];
      uint64_t distance = byte & 0x7f;
      while (byte & 0x80) {
        if (at >= end || distance > (UINT64_MAX >> 8)) return false;
        byte = pack[at++];
        distance = ((distance + 1) << 7) | (byte & 0x7f);
      }
      if (distance == 0 || distance + 12 > offset) return false;
      entry.base_offset = offset - distance;
      break;
    }
    case ObjectType::ref_delta:
      if (end - at < ObjectId::kSize) return false;
      entry.base_id = ObjectId::from_raw(pack + at);
      at += ObjectId::kSize;
      break;
    default: return false;
  }
  entry.stream_offset = at;
  return at < end;
}

}  // namespace lfsguard::git
