// Clean: a file's content becomes an object, and its pointer goes to git. What is a pointer already goes to git as it
// is.
//
// One pass, constant memory. `lfs.extension.*` programs are lfs/store/extension.h's business. What git-lfs does is the
// truth: tests/integration/lfs_filters.test.sh runs both.
#pragma once

#include <optional>
#include <string>

#include "lfs/store/byte_stream.h"
#include "lfs/store/object_store.h"
#include "lfs/store/pointer.h"

namespace lfsguard::lfs {

struct Cleaned {
  std::string output;             // the bytes for git: a pointer, or what came in
  std::optional<Pointer> stored;  // set when an object was made (or was there already)
};

Result<Cleaned> clean(const ObjectStore& store, const ByteSource& source);

// What clean would give to git, with nothing stored: for comparing files with the index.
Result<Cleaned> clean_without_storing(const ByteSource& source);

// The same as clean, from an open file at its start; a regular one is cloned where the file system can.
Result<Cleaned> clean_fd(const ObjectStore& store, int fd, const std::string& name);

}  // namespace lfsguard::lfs
