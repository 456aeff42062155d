// Where the memory of tables of many megabytes comes from (base/big_vector.h): the process's own up to a limit, beyond it a file without a name, mapped and
// shared, which the system writes out and takes back as it needs: slower, never out of memory.
//
// One limit for the process, as there is one heap. Where such a file cannot be had (no room, read-only, no such file system) memory is taken after all.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace lfsguard::table_memory {

inline constexpr size_t kUnit = 2u << 20;  // bytes: blocks are multiples of it and lie at multiples of it (x86's and arm64's huge page)

// From now on, for what take() hands out. `folder`: where the file is made. Without it there is no limit.
void set_limit(uint64_t bytes, std::string folder);

// `bytes`: of any number; rounded up to whole units. Null: there is none. Content is not defined.
void* take(size_t bytes);
void give_back(void* memory, size_t bytes);

// Bytes in files now.
uint64_t spilled();

}  // namespace lfsguard::table_memory
