#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

namespace lfsguard {

unsigned worker_count() {
  static const unsigned count = [] {
    if (const char* text = std::getenv("LFSGUARD_THREADS")) {
      const long wanted = std::strtol(text, nullptr, 10);
      if (wanted >= 1 && wanted <= 256) return static_cast<unsigned>(wanted);
    }
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
    return std::max(1u, std::thread::hardware_concurrency());
  }();
  return count;
}

void parallel_for(size_t count, size_t grain, const std::function<void(size_t, size_t, unsigned)>& body, unsigned workers) {
  if (count == 0) return;
  grain = std::max<size_t>(grain, 1);
  std::atomic<size_t> next{0};
  const auto work = [&](unsigned worker) {
    for (;;) {
      const size_t begin = next.fetch_add(grain);
      if (begin >= count) return;
      body(begin, std::min(count, begin + grain), worker);
    }
  };
  const size_t chunks = (count + grain - 1) / grain;
  workers = static_cast<unsigned>(std::min<size_t>(workers ? workers : worker_count(), chunks));
  std::vector<std::thread> threads;
  for (unsigned worker = 1; worker < workers; ++worker) threads.emplace_back(work, worker);
  work(0);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace lfsguard
