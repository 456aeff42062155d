// How an object enters the store: written to `tmp`, hashed, size and id checked, synced, renamed into place, folder
// synced.
//
// An object is never written or truncated in place: readers see it whole or not at all, two writers of one object both
// succeed, and after a crash the worst is a file in `tmp` (removed by prune). A read-only store or a full disk is an
// error that names the folder, and nothing is left behind. Format: docs/lfs.md, "Store".
#pragma once

#include <string>

#include "base/error.h"
#include "lfs/store/byte_stream.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/store/object_store.h"
#include "lfs/store/pointer.h"

namespace lfsguard::lfs {

// Reads `source` to its end; the content becomes an object (nothing is stored for no bytes).
Result<Digested> insert_object(const ObjectStore& store, const ByteSource& source);

// The content of an open regular file from its start. The file system clones it where it can (FICLONE), and then only
// the clone is read.
Result<Digested> insert_file(const ObjectStore& store, int fd, const std::string& name);

// A finished download or upload in the store's own file system becomes the object `oid`, after its size and hash were
// checked here. The file is gone from `path` afterwards. kind corrupt when it holds something else; it stays then.
// `verified`: the caller hashed every byte of the file itself.
Status adopt_file(const ObjectStore& store, const std::string& path, const Oid& oid, uint64_t size,
                  bool verified = false);

// Brings an object from another store's file: cloned, else hard-linked where `link` allows it (stores never write in
// place), else copied; checked when copied.
Status insert_from_store(const ObjectStore& store, const std::string& path, const Oid& oid, uint64_t size,
                         bool link = true);

// The path of an object in this store; one that only an alternate has is linked or copied in first. kind not_found when
// nobody has it.
Result<std::string> bring_in(const ObjectStore& store, const Oid& oid, uint64_t size);

// Makes a folder below the store's root with the store's modes. `durable`: each is synced into its parent.
Status make_store_folder(const ObjectStore& store, const std::string& path, bool durable = true);

}  // namespace lfsguard::lfs
