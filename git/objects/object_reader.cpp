#include "git/objects/object_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "git/objects/delta.h"
#include "git/objects/inflate_prefix.h"

namespace lfsguard::git {
namespace {

// A chain that is longer than this is a cycle: git itself writes at most 4095.
constexpr size_t kChainMax = 10000;
// deflate makes at most 1032 bytes of one.
constexpr uint64_t kInflationMax = 1040;
// What one copy instruction (at least one byte) can add to a delta's result.
constexpr uint64_t kCopyMax = 0xffffff;
// Content of more than this is not taken into memory; git itself never makes deltas of blobs this large.
constexpr uint64_t kContentMax = 4ull << 30;

// Rounded up: versions of a directory that differ by a few bytes then take each other's place in memory.
std::shared_ptr<uint8_t[]> allocate(size_t size) {
  const size_t step = size < 4096 ? 64 : 4096;
  return std::make_shared_for_overwrite<uint8_t[]>((size / step + 1) * step);
}

}  // namespace

const Object* ObjectReader::cached(const PackFile& pack, uint64_t offset) {
  const auto found = cache_.find({&pack, offset});
  if (found == cache_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return &found->second->object;
}

void ObjectReader::remember(const PackFile& pack, uint64_t offset, const Object& object) {
  if (object.size > cache_limit_ / 4) return;
  const auto [slot, fresh] = cache_.try_emplace({&pack, offset});
  if (!fresh) return;
  recent_.push_front({{&pack, offset}, object});
  slot->second = recent_.begin();
  cache_bytes_ += object.size + sizeof(Cached) + 64;
  while (cache_bytes_ > cache_limit_) {
    cache_bytes_ -= recent_.back().object.size + sizeof(Cached) + 64;
    cache_.erase(recent_.back().key);
    recent_.pop_back();
  }
}

Result<uint64_t> ObjectReader::base_offset(const PackFile& pack, uint64_t offset, const PackEntry& entry) const {
  if (entry.type == ObjectType::ofs_delta) return entry.base_offset;
  if (const auto position = pack.index().find(entry.base_id)) return pack.index().offset(*position);
  return fail(pack.damage(offset, "its delta base " + entry.base_id.hex() + " is not in the pack"));
}

Result<Object> ObjectReader::inflate_entry(const PackFile& pack, uint64_t offset, const PackEntry& entry) {
  const uint64_t available = pack.end() - entry.stream_offset;
  if (entry.size > kContentMax || entry.size / kInflationMax > available)
    return fail(pack.damage(offset, fmt::format("it says a size of {} bytes, which its stream cannot have", entry.size)));
  auto data = allocate(entry.size);
  if (!inflater_.whole(pack.data() + entry.stream_offset, available, data.get(), entry.size))
    return fail(pack.damage(offset, "its stream does not inflate to the size in its header"));
  return Object{entry.type, std::move(data), entry.size};
}

Result<Object> ObjectReader::apply(const PackFile& pack, uint64_t offset, const PackEntry& entry, const Object& base) {
  const uint64_t available = pack.end() - entry.stream_offset;
  if (entry.size > kContentMax || entry.size / kInflationMax > available)
    return fail(pack.damage(offset, "its delta says a size that its stream cannot have"));
  if (delta_.size() < entry.size) delta_.resize(entry.size * 3 / 2 + 64);
  if (!inflater_.whole(pack.data() + entry.stream_offset, available, delta_.data(), entry.size))
    return fail(pack.damage(offset, "its delta does not inflate to the size in its header"));
  const auto sizes = decode_delta_sizes(delta_.data(), entry.size);
  if (!sizes || sizes->result > kContentMax || sizes->result / kCopyMax > entry.size)
    return fail(pack.damage(offset, "its delta says a size that its instructions cannot make"));
  auto data = allocate(sizes->result);
  if (!apply_delta(base.view(), delta_.data(), entry.size, data.get(), sizes->result))
    return fail(pack.damage(offset, "its delta does not fit its base"));
  return Object{base.type, std::move(data), sizes->result};
}

Result<Object> ObjectReader::read_at(const PackFile& pack, uint64_t offset) {
  struct Link {
    uint64_t offset;
    PackEntry entry;
  };
  std::vector<Link> chain;
  Object object;
  for (;;) {
    if (const Object* hit = cached(pack, offset)) {
      object = *hit;
      break;
    }
    Link link{offset, {}};
    if (!pack.entry(offset, link.entry)) return fail(pack.damage(offset, "there is no sound object header"));
    if (link.entry.type != ObjectType::ofs_delta && link.entry.type != ObjectType::ref_delta) {
      object = TRY(inflate_entry(pack, offset, link.entry));
      if (object.type != ObjectType::blob || !chain.empty()) remember(pack, offset, object);
      break;
    }
    if (chain.size() > kChainMax) return fail(pack.damage(offset, "its chain of deltas does not end"));
    chain.push_back(link);
    offset = TRY(base_offset(pack, offset, link.entry));
  }
  while (!chain.empty()) {
    const Link& link = chain.back();
    object = TRY(apply(pack, link.offset, link.entry, object));
    if (object.type != ObjectType::blob || chain.size() > 1) remember(pack, link.offset, object);
    chain.pop_back();
  }
  return object;
}

Result<Object> ObjectReader::read(const ObjectId& id) {
  const auto location = database_.find(id);
  if (!location) return fail(ErrorKind::not_found, "object is missing", id.hex(), "run 'git fsck --full' to see what else is");
  if (location->pack) return read_at(*location->pack, location->offset);
  LooseObject loose = TRY(read_loose_object(location->loose_path, inflater_));
  auto keep = std::make_shared<std::string>(std::move(loose.content));
  const auto* bytes = reinterpret_cast<const uint8_t*>(keep->data());
  return Object{loose.header.type, std::shared_ptr<const uint8_t[]>(keep, bytes), keep->size()};
}

Result<std::string> ObjectReader::prefix(const ObjectId& id, size_t size) {
  const auto location = database_.find(id);
  PackEntry entry;
  if (location && location->pack && location->pack->entry(location->offset, entry) && entry.type != ObjectType::ofs_delta &&
      entry.type != ObjectType::ref_delta) {
    const PackFile& pack = *location->pack;
    std::string bytes(std::min<uint64_t>(size, entry.size), '\0');
    if (bytes.empty()) return bytes;
    const long n = inflate_prefix(pack.data() + entry.stream_offset, pack.end() - entry.stream_offset,
                                    reinterpret_cast<uint8_t*>(bytes.data()), bytes.size());
    if (n != static_cast<long>(bytes.size()))
      return fail(pack.damage(location->offset, "its stream does not inflate to the size in its header"));
    return bytes;
  }
  if (location && !location->pack) return read_loose_prefix(location->loose_path, size);
  const Object object = TRY(read(id));
  return std::string(object.view().substr(0, size));
}

Result<ObjectHeader> ObjectReader::header_at(const PackFile& pack, uint64_t offset) {
  ObjectHeader header;
  bool sized = false;
  for (size_t depth = 0; depth <= kChainMax; ++depth) {
    PackEntry entry;
    if (!pack.entry(offset, entry)) return fail(pack.damage(offset, "there is no sound object header"));
    const bool delta = entry.type == ObjectType::ofs_delta || entry.type == ObjectType::ref_delta;
    if (!sized) {
      header.size = entry.size;
      if (delta) {
        uint8_t bytes[kDeltaHeaderMax];
        const long n = inflate_prefix(pack.data() + entry.stream_offset, pack.end() - entry.stream_offset, bytes, sizeof bytes);
        const auto sizes = n > 0 ? decode_delta_sizes(bytes, static_cast<size_t>(n)) : std::nullopt;
        if (!sizes) return fail(pack.damage(offset, "its delta has no sound header"));
        header.size = sizes->result;
      }
      sized = true;
    }
    if (!delta) {
      header.type = entry.type;
      return header;
    }
    offset = TRY(base_offset(pack, offset, entry));
  }
  return fail(pack.damage(offset, "its chain of deltas does not end"));
}

Result<ObjectHeader> ObjectReader::header(const ObjectId& id) {
  const auto location = database_.find(id);
  if (!location) return fail(ErrorKind::not_found, "object is missing", id.hex(), "run 'git fsck --full' to see what else is");
  if (location->pack) return header_at(*location->pack, location->offset);
  return read_loose_header(location->loose_path);
}

}  // namespace lfsguard::git
