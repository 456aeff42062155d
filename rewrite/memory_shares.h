// What of the memory that a rewrite may take (`rewrite.memory`) its parts get.
//
// Half is for tables that grow with history (objects found and written, commits old and new): what goes beyond it lies in a file (base/table_memory.h). The
// other half is for what is remembered only to save time, in equal parts for all workers: what goes beyond it is forgotten, and read or made again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace lfsguard::rewrite {

struct MemoryShares {
  MemoryShares(uint64_t limit_bytes, unsigned workers) : tables(limit_bytes / 2), steps(limit_bytes / 16) {
    const uint64_t worker = std::max<uint64_t>(limit_bytes / 2 / workers, 4u << 20);
    reader = worker / 4;
    recent = worker / 16;
    memo = worker / 4;
  }

  // Bytes: of tables; of deltas from the survey to the builder; and for each worker of content in its reader, of trees at hand for their neighbours, of what
  // was found about trees.
  uint64_t tables, steps, reader, recent, memo;
};

}  // namespace lfsguard::rewrite
