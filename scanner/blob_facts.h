// What rules need to know of a blob, found once for each id: its size, and whether it is a pointer.
//
// Two ways to know. For whole histories the packs were surveyed: what is neither large nor small enough for a pointer is ordinary, without a look.
// For a few commits each blob is looked up by its header, and read when it may be a pointer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "git/objects/object_id_map.h"
#include "git/objects/object_reader.h"
#include "git/objects/pack_survey.h"
#include "lfs/store/pointer.h"

namespace lfsguard::scanner {

struct BlobFacts {
  enum class Kind : uint8_t {
    ordinary,
    pointer,       // canonical
    near_pointer,  // what rule bad-pointer is about
    missing,       // not stored here (a partial clone's): not judged
  };
  Kind kind = Kind::ordinary;
  bool large = false;                    // at or above the lowest limit in force; a pointer can be, too, where that limit is small
  uint64_t size = 0;                     // bytes; 0 where it was not looked at (neither large nor a pointer, from a survey)
  std::optional<lfs::Pointer> pointer;   // of a pointer, and of a near pointer that clients read
};

// From a survey: shared by all threads, immutable.
class SurveyedBlobs {
 public:
  void add_large(const std::vector<git::SizedBlob>& blobs);
  // Reads each and keeps those that are pointers or nearly.
  Status add_small(const git::ObjectDatabase& database, const std::vector<git::SizedBlob>& blobs);
  const BlobFacts* find(const ObjectId& oid) const {
    const uint32_t* at = index_.find(oid);
    return at ? &facts_[*at] : nullptr;
  }
  bool empty() const { return facts_.empty(); }
  size_t size() const { return facts_.size(); }
  template <typename Visit>
  void for_each_oid(Visit visit) const {
    index_.for_each([&](const ObjectId& oid, uint32_t) { visit(oid); });
  }
  template <typename Visit>
  void for_each_large(Visit visit) const {
    for (uint32_t i = 0; i < facts_.size(); ++i)
      if (facts_[i].large) visit(i, facts_[i]);
  }
  // Position among them, for marks; only for ids that find() knows.
  uint32_t position(const ObjectId& oid) const { return *index_.find(oid); }

 private:
  void add(const ObjectId& oid, BlobFacts facts);
  git::ObjectIdMap<uint32_t> index_;
  std::vector<BlobFacts> facts_;
};

// Kind and pointer of a small blob's content.
BlobFacts classify_small(std::string_view content);

// For one thread. `surveyed` may be null: then everything is looked up.
class BlobOracle {
 public:
  BlobOracle(git::ObjectReader& reader, const SurveyedBlobs* surveyed, uint64_t large_from, bool pointers)
      : reader_(reader), surveyed_(surveyed), large_from_(large_from), pointers_(pointers) {}
  Result<BlobFacts> facts(const ObjectId& oid);
  // The exact size, also of ordinary ones. 0 when it is missing.
  Result<uint64_t> size(const ObjectId& oid);
  // git's own test: a NUL among the first 8000 bytes. Missing blobs are not binary.
  Result<bool> is_binary(const ObjectId& oid);
  // Whether facts() comes from memory alone.
  bool surveyed() const { return surveyed_ != nullptr; }

 private:
  git::ObjectReader& reader_;
  const SurveyedBlobs* surveyed_;
  uint64_t large_from_;
  bool pointers_;
  std::unordered_map<ObjectId, BlobFacts> known_;
  std::unordered_map<ObjectId, bool> binary_;
};

}  // namespace lfsguard::scanner
