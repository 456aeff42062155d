// One pack with its index, mapped.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "git/objects/pack_entry.h"
#include "git/objects/pack_index.h"

namespace lfsguard::git {

struct PackLayout;

class PackFile {
 public:
  // `path` ends in ".pack". Checks magic, version and that pack and index speak of the same number of objects and the same checksum.
  static Result<std::unique_ptr<PackFile>> open(const std::string& path);
  PackFile();
  ~PackFile();

  const std::string& path() const { return path_; }
  const PackIndex& index() const { return index_; }
  const uint8_t* data() const { return map_.data(); }
  uint64_t end() const { return map_.size() - ObjectId::kSize; }  // where the trailing checksum begins
  bool entry(uint64_t offset, PackEntry& entry) const { return decode_pack_entry(data(), end(), offset, entry); }
  // Where objects lie and what they are (git/objects/pack_layout.h): worked out on all cores when first asked for, then kept. Any thread may ask.
  Result<const PackLayout*> layout() const;
  // Marked as what the remote has (a partial clone's packs).
  bool promisor() const { return promisor_; }
  std::string sibling(const char* suffix) const { return path_.substr(0, path_.size() - 5) + suffix; }

  // An error that names the pack and the byte where it does not hold together.
  Error damage(uint64_t offset, const std::string& why) const;

 private:
  std::string path_;
  MappedFile map_;
  PackIndex index_;
  bool promisor_ = false;
  mutable std::mutex layout_mutex_;
  mutable std::unique_ptr<const PackLayout> layout_;
};

}  // namespace lfsguard::git
