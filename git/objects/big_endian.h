// Network byte order reads, as git's binary formats have them.
#pragma once

#include <cstdint>
#include <cstring>

namespace lfsguard::git {

inline uint32_t read_be32(const uint8_t* bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return __builtin_bswap32(value);
}
inline uint64_t read_be64(const uint8_t* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return __builtin_bswap64(value);
}

}  // namespace lfsguard::git
