// Vectors of many megabytes, on huge pages where the system lends them (a page fault for each 4 KiB is a tenth of what a scan of a large history costs), in a
// file where memory is limited (base/table_memory.h).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#include "base/table_memory.h"

namespace lfsguard {

template <typename T>
struct BigAllocator {
  using value_type = T;
  BigAllocator() = default;
  template <typename Other>
  BigAllocator(const BigAllocator<Other>&) {}  // NOLINT: allocators convert

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    for (;;) {
      if (void* const memory = bytes < table_memory::kUnit ? std::malloc(bytes) : table_memory::take(bytes)) return static_cast<T*>(memory);
      const std::new_handler handler = std::get_new_handler();
      if (!handler) throw std::bad_alloc();
      handler();
    }
  }
  void deallocate(T* memory, size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < table_memory::kUnit) std::free(memory);
    else table_memory::give_back(memory, bytes);
  }
  friend bool operator==(const BigAllocator&, const BigAllocator&) { return true; }
};

template <typename T>
using BigVector = std::vector<T, BigAllocator<T>>;

}  // namespace lfsguard
