// A blob's content piece by piece: in constant memory where it is stored whole (as git stores large files), else as one block.
#pragma once

#include <memory>

#include "base/error.h"
#include "git/objects/object_reader.h"

namespace lfsguard::git {

class BlobStream {
 public:
  // `reader` must outlive the stream. Objects up to `memory_limit` bytes, and deltas, are read at once.
  static Result<BlobStream> open(ObjectReader& reader, const ObjectId& oid, size_t memory_limit = 32u << 20);
  BlobStream(BlobStream&&) noexcept;
  ~BlobStream();
  uint64_t size() const { return size_; }
  // Up to `size` bytes; fewer only at the end. kind corrupt when the stream is not what its header says.
  Result<size_t> read(char* buffer, size_t size);

 private:
  struct Inflating;
  BlobStream();
  uint64_t size_ = 0, done_ = 0;
  Object whole_;
  std::unique_ptr<Inflating> inflating_;
};

}  // namespace lfsguard::git
