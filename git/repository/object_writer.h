// Single objects written into a repository's store, through libgit2: loose, synced, nothing when the object is there already.
//
// The folder is opened as an object database by itself, not as a repository: formats of refs and extensions that libgit2 does not know are no obstacle.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/object_id.h"

namespace lfsguard::git {

class ObjectWriter {
 public:
  static Result<ObjectWriter> open(const std::string& object_dir);
  ObjectWriter(ObjectWriter&&) noexcept;
  ~ObjectWriter();
  // Error kinds: io, disk_full.
  Result<ObjectId> write_blob(std::string_view content);

 private:
  struct Handle;
  explicit ObjectWriter(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace lfsguard::git
