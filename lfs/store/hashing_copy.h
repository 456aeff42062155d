// Content copied to a file and hashed on the way, at the speed of the hash.
//
// Three things overlap: the calling thread reads, one thread hashes, one writes; they hand blocks round in a ring.
// SHA-256 is the slowest of the three on most machines, so the whole runs at its speed. Big content is written past the
// page cache (O_DIRECT, where the file system has it): git add of a checkpoint then neither evicts what the user works
// on, nor leaves gigabytes for fsync to wait for. Content below one block takes no thread at all. Memory: kBlocks
// blocks, whatever the size.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "lfs/store/byte_stream.h"
#include "lfs/store/oid.h"

namespace lfsguard::lfs {

struct Digested {
  Oid oid;
  uint64_t size = 0;
};

// Reads `source` to its end into `fd` (an empty file, offset 0). `name` is for errors. Not synced.
Result<Digested> copy_and_hash(const ByteSource& source, int fd, const std::string& name);

// Hashes only. `advance`, when given, is called with the bytes done so far.
Result<Digested> hash_content(const ByteSource& source, const std::function<void(uint64_t)>& advance = {});
Result<Digested> hash_file(const std::string& path, const std::function<void(uint64_t)>& advance = {});

}  // namespace lfsguard::lfs
