// Vectors of many megabytes, on huge pages where the system lends them: a page fault for each 4 KiB is a tenth of what a scan of a large history costs.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace lfsguard {

template <typename T>
struct BigAllocator {
  using value_type = T;
  BigAllocator() = default;
  template <typename Other>
  BigAllocator(const BigAllocator<Other>&) {}  // NOLINT: allocators convert

  T* allocate(size_t count) {
    constexpr size_t kHugePage = 2u << 20;
    const size_t bytes = count * sizeof(T);
    void* memory = nullptr;
    if (bytes < kHugePage) {
      memory = std::malloc(bytes);
    } else {
      const size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
      memory = std::aligned_alloc(kHugePage, rounded);
      if (memory) ::madvise(memory, rounded, MADV_HUGEPAGE);  // refused: ordinary pages
    }
    if (!memory) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t) { std::free(memory); }
  friend bool operator==(const BigAllocator&, const BigAllocator&) { return true; }
};

template <typename T>
using BigVector = std::vector<T, BigAllocator<T>>;

}  // namespace lfsguard
