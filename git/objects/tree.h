// A tree object's entries, read in place: "<octal mode> <name>\0<20 bytes>" each.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/object_id.h"

namespace lfsguard::git {

struct TreeEntry {
  uint32_t mode = 0;
  std::string_view name;         // bytes as they are
  const uint8_t* raw_id = nullptr;
  std::string_view bytes;        // the whole entry
  ObjectId id() const { return ObjectId::from_raw(raw_id); }
  bool is_tree() const { return (mode & 0170000) == 0040000; }
  bool is_symlink() const { return (mode & 0170000) == 0120000; }
  bool is_gitlink() const { return (mode & 0170000) == 0160000; }
  bool is_blob() const { return !is_tree() && !is_gitlink(); }
};

// Walks entries in stored order; says nothing about their order or uniqueness (odd trees exist and are kept as they are).
class TreeReader {
 public:
  explicit TreeReader(std::string_view content) : rest_(content) {}
  // False at the end, or where the bytes stop being a tree (then damaged() is true).
  bool next(TreeEntry& entry) {
    if (rest_.empty()) return false;
    const char* const begin = rest_.data();
    uint32_t mode = 0;
    size_t at = 0;
    while (at < rest_.size() && begin[at] >= '0' && begin[at] <= '7' && at < 11) mode = mode * 8 + static_cast<uint32_t>(begin[at++] - '0');
    if (at == 0 || at >= rest_.size() || begin[at] != ' ') return broken();
    ++at;
    const void* nul = std::memchr(begin + at, 0, rest_.size() - at);
    if (!nul) return broken();
    const size_t name_end = static_cast<size_t>(static_cast<const char*>(nul) - begin);
    if (rest_.size() - name_end - 1 < ObjectId::kSize) return broken();
    entry.mode = mode;
    entry.name = {begin + at, name_end - at};
    entry.raw_id = reinterpret_cast<const uint8_t*>(begin + name_end + 1);
    entry.bytes = rest_.substr(0, name_end + 1 + ObjectId::kSize);
    rest_.remove_prefix(entry.bytes.size());
    return true;
  }
  bool damaged() const { return damaged_; }

 private:
  bool broken() {
    damaged_ = true;
    rest_ = {};
    return false;
  }
  std::string_view rest_;
  bool damaged_ = false;
};

// The first entry of that name.
inline std::optional<TreeEntry> find_entry(std::string_view tree, std::string_view name) {
  TreeReader reader(tree);
  TreeEntry entry;
  while (reader.next(entry))
    if (entry.name == name) return entry;
  return std::nullopt;
}

}  // namespace lfsguard::git
