// The table of contents of git's chunk files (gitformat-chunk): commit-graph and multi-pack-index.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "git/objects/big_endian.h"

namespace lfsguard::git {

// Chunk id (four letters as a big-endian number) to its bytes. nullopt when an entry leaves the file or runs backwards.
inline std::optional<std::map<uint32_t, std::string_view>> read_chunk_table(std::string_view file, size_t table_offset, unsigned chunks) {
  std::map<uint32_t, std::string_view> table;
  const auto* data = reinterpret_cast<const uint8_t*>(file.data());
  if (table_offset > file.size() || (chunks + 1ull) * 12 > file.size() - table_offset) return std::nullopt;
  for (unsigned i = 0; i < chunks; ++i) {
    const uint8_t* row = data + table_offset + i * 12ull;
    const uint64_t begin = read_be64(row + 4);
    const uint64_t end = read_be64(row + 16);
    if (begin > end || end > file.size()) return std::nullopt;
    table[read_be32(row)] = file.substr(begin, end - begin);
  }
  return table;
}

constexpr uint32_t chunk_id(const char (&name)[5]) {
  return static_cast<uint32_t>(name[0]) << 24 | static_cast<uint32_t>(name[1]) << 16 | static_cast<uint32_t>(name[2]) << 8 |
         static_cast<uint32_t>(name[3]);
}

}  // namespace lfsguard::git
