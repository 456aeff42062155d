// Where LFS objects lie on this machine, and whether one is there.
//
// `<storage>/objects/aa/bb/<oid>`, `<storage>/tmp`, `<storage>/incomplete`; storage is `<common git dir>/lfs`, or what
// `lfs.storage` says (relative to the common git directory). Objects of alternates (`<alternate>/../lfs/objects`) count
// as present too. The layout is git-lfs's, and both work on the same folders at once.
//
// Presence and paths only: nothing here hashes or writes, so the hook program can link it. Writing:
// lfs/store/object_insert.h. Format: docs/lfs.md, "Store".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "git/process/repository_layout.h"
#include "lfs/store/oid.h"

namespace lfsguard::lfs {

// How `core.sharedRepository` changes the modes of new files and folders.
struct SharedModes {
  unsigned file = 0;   // bits added to (or, with `exact`, put in place of) what the umask leaves
  bool exact = false;  // an octal value: exactly these bits
  bool shared() const { return file != 0; }

  // Values as git reads them: false, umask, true, group, all, world, everybody, 0, 1, 2, octal. Anything else: umask.
  static SharedModes parse(std::string_view value);
  // The mode of a new object file / folder, given the umask's file mode. Objects are never writable for others than
  // their owner's tools.
  unsigned file_mode(unsigned default_mode) const;
  unsigned folder_mode(unsigned default_mode) const;
};

class ObjectStore {
 public:
  // `storage`: the value of lfs.storage, empty when not set. Reads info/alternates; asks nobody.
  static ObjectStore at(const git::RepositoryLayout& layout, std::string_view storage = {}, SharedModes modes = {});
  // As above, with lfs.storage and core.sharedRepository asked of git (one process).
  static Result<ObjectStore> of_repository(const git::RepositoryLayout& layout);
  // The store of a bare or other repository's git directory (its own lfs.storage is asked of git).
  static Result<ObjectStore> of_git_directory(const std::string& git_dir);

  // Where an object lies or would lie in this store, whether or not it is there.
  std::string path_of(const Oid& oid) const;
  // Where it can be read: here or in an alternate. nullopt: nowhere. `size` nullopt: any size will do.
  std::optional<std::string> find(const Oid& oid, std::optional<uint64_t> size = std::nullopt) const;
  // Present with the size a pointer names (a shorter file is a leftover of a crash of some other program). The empty
  // object is always there.
  bool contains(const Oid& oid, std::optional<uint64_t> size = std::nullopt) const;
  // Whether at least one object lies in this store itself.
  bool has_any_object() const;

  const std::string& root() const { return root_; }
  std::string objects_dir() const { return root_ + "/objects"; }
  std::string tmp_dir() const { return root_ + "/tmp"; }
  std::string incomplete_dir() const { return root_ + "/incomplete"; }
  const std::vector<std::string>& alternates() const { return alternates_; }  // their objects folders
  const SharedModes& modes() const { return modes_; }

 private:
  std::string root_;
  std::vector<std::string> alternates_;
  SharedModes modes_;
};

}  // namespace lfsguard::lfs
