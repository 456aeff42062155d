// A download that is under way: `<store>/incomplete/<oid>.part`, locked, its bytes hashed as they are appended.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "lfs/store/object_store.h"

namespace lfsguard::lfs {

class PartFile {
 public:
  // Opens or makes it and hashes what it holds. kind conflict when another process is writing it.
  static Result<std::unique_ptr<PartFile>> open(const ObjectStore& store, const Oid& oid, uint64_t size);
  uint64_t length() const { return length_; }
  Status append(std::string_view data);
  Status restart();  // empty again
  // Checks length and hash and moves it into the store. kind corrupt when it is not the object; the file is gone then.
  Status finish();

 private:
  PartFile(const ObjectStore& store, const Oid& oid, uint64_t size) : store_(store), oid_(oid), size_(size) {}
  const ObjectStore& store_;
  Oid oid_;
  uint64_t size_;
  std::string path_;
  FileDescriptor fd_;
  Digest digest_{Digest::Algorithm::sha256};
  uint64_t length_ = 0;
};

}  // namespace lfsguard::lfs
