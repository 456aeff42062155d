// Every place where a repository's objects are: its own folder, alternates (of alternates), and a push's quarantine.
//
// Read-only and immutable once open, so threads may share it; objects that appear later are not seen. Follows gitrepository-layout
// ("objects/info/alternates") and git(1) (GIT_ALTERNATE_OBJECT_DIRECTORIES, entries C-quoted where they begin with a quote).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/object_id.h"
#include "git/objects/multi_pack_index.h"
#include "git/objects/pack_file.h"

namespace lfsguard::git {

// Where one object is stored: in a pack at an offset, or (pack == nullptr) as a loose file.
struct ObjectLocation {
  const PackFile* pack = nullptr;
  uint64_t offset = 0;
  std::string loose_path;
};

class ObjectDatabase {
 public:
  // One objects folder and the packs in it.
  struct Source {
    std::string directory;
    std::vector<std::unique_ptr<PackFile>> packs;
    std::optional<MultiPackIndex> multi_pack_index;
    std::vector<const PackFile*> multi_pack;   // by the number that the multi-pack index gives
    std::vector<const PackFile*> single_packs; // those it does not cover
  };

  // Alternates of `object_dir` and those of the environment are included. A pack without index (one being written) is passed over; a
  // damaged one is an error that names it.
  static Result<std::unique_ptr<ObjectDatabase>> open(const std::string& object_dir);
  // Only that folder's own objects: a quarantine's.
  static Result<std::unique_ptr<ObjectDatabase>> open_single(const std::string& object_dir);

  const std::vector<Source>& sources() const { return sources_; }
  std::optional<ObjectLocation> find(const ObjectId& id) const;
  bool contains(const ObjectId& id) const { return find(id).has_value(); }

 private:
  Status add_source(const std::string& directory, int depth, bool with_alternates);
  std::vector<Source> sources_;
};

}  // namespace lfsguard::git
