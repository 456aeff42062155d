// Work shared among all cores: `parallel_for` hands out index ranges, the calling thread takes part.
#pragma once

#include <cstddef>
#include <functional>

namespace lfsguard {

// Number of workers parallel_for uses: the cores this process may run on, or LFSGUARD_THREADS when set (1 to 256).
unsigned worker_count();

// Calls body(begin, end, worker) for disjoint ranges that cover [0, count), each at most `grain` long. `worker` < `workers` tells
// the threads apart, so that each may own scratch space. Returns when all are done. body must not throw. `workers`: 0 is worker_count(); more where they
// wait for the disk.
void parallel_for(size_t count, size_t grain, const std::function<void(size_t, size_t, unsigned)>& body, unsigned workers = 0);

}  // namespace lfsguard
