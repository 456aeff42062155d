// Reads single objects, deltas resolved, with a cache of delta bases.
//
// Trees and commits of neighbouring history are deltas of each other, so an object's base is nearly always one that was just read: the
// cache turns a chain of fifty into one inflation of a few bytes. Content is shared, never copied. Ids are not recomputed: a pack that lies is
// `git fsck`'s to find.
//
// One reader for each thread; the database is shared.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "git/objects/inflate.h"
#include "git/objects/loose_object.h"
#include "git/objects/object_database.h"

namespace lfsguard::git {

// An object's content; immutable and shared.
struct Object {
  ObjectType type = ObjectType::none;
  std::shared_ptr<const uint8_t[]> data;
  size_t size = 0;
  std::string_view view() const { return {reinterpret_cast<const char*>(data.get()), size}; }
};

class ObjectReader {
 public:
  // `cache_bytes`: how much content the delta-base cache may hold.
  explicit ObjectReader(const ObjectDatabase& database, size_t cache_bytes = 48u << 20)
      : database_(database), cache_limit_(cache_bytes) {}

  // kind not_found when no source has it; corrupt when it does not inflate, its chain is broken or endless, or it claims a size that
  // its bytes cannot have.
  Result<Object> read(const ObjectId& id);
  Result<Object> read_at(const PackFile& pack, uint64_t offset);
  // Type and size without inflating more than a delta's header.
  Result<ObjectHeader> header(const ObjectId& id);
  Result<ObjectHeader> header_at(const PackFile& pack, uint64_t offset);

  // The first `size` bytes (fewer when the object is shorter). A blob stored whole is inflated no further than that.
  Result<std::string> prefix(const ObjectId& id, size_t size);

  const ObjectDatabase& database() const { return database_; }

 private:
  struct CacheKey {
    const PackFile* pack;
    uint64_t offset;
    bool operator==(const CacheKey&) const = default;
  };
  struct CacheKeyHash {
    size_t operator()(const CacheKey& key) const {
      return (key.offset ^ (reinterpret_cast<uintptr_t>(key.pack) << 8)) * 0x9e3779b97f4a7c15ull >> 16;
    }
  };
  struct Cached {
    CacheKey key;
    Object object;
  };

  const Object* cached(const PackFile& pack, uint64_t offset);
  void remember(const PackFile& pack, uint64_t offset, const Object& object);
  Result<Object> inflate_entry(const PackFile& pack, uint64_t offset, const PackEntry& entry);
  Result<Object> apply(const PackFile& pack, uint64_t offset, const PackEntry& entry, const Object& base);
  Result<uint64_t> base_offset(const PackFile& pack, uint64_t offset, const PackEntry& entry) const;

  const ObjectDatabase& database_;
  size_t cache_limit_;
  size_t cache_bytes_ = 0;
  std::list<Cached> recent_;  // most recently used first
  std::unordered_map<CacheKey, std::list<Cached>::iterator, CacheKeyHash> cache_;
  Inflater inflater_;
  std::vector<uint8_t> delta_;
};

}  // namespace lfsguard::git
