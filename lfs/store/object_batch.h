// Many objects into the store at the cost of two syncs, not two for each.
//
// Every object is written to `tmp` and hashed as it comes; commit() syncs the file system once, renames all into place
// and syncs the folders. Until then none is in the store; destroying the batch removes what was written. add() may be
// called from several threads.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "lfs/store/byte_stream.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/store/object_store.h"

namespace lfsguard::lfs {

class ObjectBatch {
 public:
  explicit ObjectBatch(const ObjectStore& store) : store_(store) {}
  ~ObjectBatch();
  ObjectBatch(const ObjectBatch&) = delete;
  ObjectBatch& operator=(const ObjectBatch&) = delete;

  Result<Digested> add(const ByteSource& source);
  Status commit();

 private:
  struct Waiting {
    std::string path;
    Digested digested;
  };
  const ObjectStore& store_;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;
};

}  // namespace lfsguard::lfs
