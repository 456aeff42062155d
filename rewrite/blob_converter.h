// Blobs into LFS objects (or pointers back into blobs), each once, on all cores.
//
// Blobs are taken in the order in which they lie in their packs, so that families of deltas are read together. One stream feeds SHA-256 and the store;
// what git stores whole passes in constant memory.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "git/objects/object_database.h"
#include "git/objects/object_id_map.h"
#include "git/objects/pack_writer.h"
#include "lfs/store/object_batch.h"
#include "lfs/store/object_store.h"
#include "lfs/store/oid.h"
#include "rewrite/memory_shares.h"
#include "rewrite/options.h"

namespace lfsguard::rewrite {

struct Conversion {
  ObjectId new_oid;     // of the blob that takes its place
  lfs::Oid object;      // the LFS object
  uint64_t size = 0;    // its size, bytes
};
using Conversions = git::ObjectIdMap<Conversion>;

// `blobs`: ids and sizes. The new blobs are in `pack`, the objects in `batch`: in `store` once it is committed.
Result<Conversions> convert_blobs(const git::ObjectDatabase& database, const lfs::ObjectStore& store, lfs::ObjectBatch& batch, const git::ObjectIdMap<uint64_t>& blobs,
                                  Direction direction, const MemoryShares& memory, git::PackWriter& pack, Progress& progress);

}  // namespace lfsguard::rewrite
