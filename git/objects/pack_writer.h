// Writes one pack and its index: objects come in any order, ids and positions are known as they are written (gitformat-pack).
//
// Everything goes into a temporary file in the pack folder (`tmp_pack_lfsguard_…`, which `git gc` clears away when it is old) through a buffer; memory
// grows by a few dozen bytes an object. Nothing names the pack until finish(): sync, index written and synced, both renamed into place (the pack first,
// as git expects), folder synced. Destroying the writer before that removes the file.
//
// Several threads may add: each deflates by itself, the file is written under a lock. finish() is for one.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/big_vector.h"
#include "base/durable_file.h"
#include "base/error.h"
#include "base/sha256.h"
#include "git/objects/object_id_map.h"
#include "git/objects/object_type.h"

namespace lfsguard::git {

class PackWriter {
 public:
  // `object_dir`: the repository's objects folder.
  static Result<std::unique_ptr<PackWriter>> create(const std::string& object_dir);
  ~PackWriter();

  // An object of which this pack may hold a copy already: then nothing is written. Returns its position in this pack.
  Result<uint32_t> add(ObjectType type, const ObjectId& oid, std::string_view content);
  // As a delta (git's encoding, git/objects/delta.h) against an object at `base`, which must be in this pack.
  Result<uint32_t> add_delta(const ObjectId& oid, uint32_t base, std::string_view delta);

  // Objects stored whole are deflated from now on with codes made for texts like this one, and none is looked for that suits each better: five times as fast.
  // Not while another thread adds.
  void learn(std::string_view sample);

  // Where it is in this pack already.
  std::optional<uint32_t> position(const ObjectId& oid) const {
    const std::lock_guard lock(mutex_);
    const uint32_t* known = positions_.find(oid);
    return known ? std::optional(*known) : std::nullopt;
  }
  // Deltas between the object at that position and one stored whole.
  uint32_t depth(uint32_t position) const {
    const std::lock_guard lock(mutex_);
    return entries_[position].depth;
  }
  size_t count() const { return entries_.size(); }
  uint64_t bytes() const { return offset_; }

  struct Kept {
    ObjectId oid;
    ObjectType type = ObjectType::none;
  };
  struct Written {
    std::string pack_path, index_path;
    BigVector<Kept> objects;  // in the order of the pack
  };
  // Puts pack and index in place when they are read back as they were written (ErrorKind::corrupt). With no object nothing is kept and both paths are empty.
  Result<Written> finish();

 private:
  struct Entry {
    ObjectId oid;
    uint64_t offset = 0;
    uint32_t crc = 0;
    uint16_t depth = 0;
    ObjectType type = ObjectType::none;
  };

  struct Codes;
  PackWriter(std::string pack_dir, TemporaryFile file);
  // Under the lock. `base`: UINT32_MAX for an object stored whole.
  Result<uint32_t> append(const ObjectId& oid, ObjectType type, uint64_t size, uint32_t base, std::string_view deflated);
  Status write(std::string_view bytes);
  Status flush();
  std::string header() const;
  // The checksum of the finished file, every byte of which is what was to be written.
  Result<std::string> check_written() const;

  std::string pack_dir_;
  TemporaryFile file_;
  mutable std::mutex mutex_;
  BigVector<Entry> entries_;
  ObjectIdMap<uint32_t> positions_;
  std::unique_ptr<const Codes> codes_;
  std::string buffer_;
  uint64_t offset_ = 0;
};

}  // namespace lfsguard::git
