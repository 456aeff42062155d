// The paths that are converted, by directory: a walk enters only directories that can hold one.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lfsguard::rewrite {

class PathTrie {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kRoot = 0;

  PathTrie() : nodes_(1) {}
  // Index of the path among paths(); the same for a path given again.
  uint32_t add(std::string_view path);
  const std::vector<std::string>& paths() const { return paths_; }
  bool empty() const { return paths_.empty(); }

  // The node of directory `name` in `node`, or kNone; the path of file `name`, or kNone. Most names are told apart by their length and two of their bytes.
  uint32_t directory(uint32_t node, std::string_view name) const {
    return nodes_[node].maybe(name) ? find(nodes_[node].directories, name) : kNone;
  }
  uint32_t file(uint32_t node, std::string_view name) const { return nodes_[node].maybe(name) ? find(nodes_[node].files, name) : kNone; }

 private:
  using Names = std::map<std::string, uint32_t, std::less<>>;
  struct Node {
    Names directories, files;
    std::array<uint64_t, 8> marks{};
    static size_t place(std::string_view name) {
      if (name.empty()) return 0;
      return (static_cast<unsigned char>(name.front()) + 5u * static_cast<unsigned char>(name.back()) + 67u * name.size()) % 512;
    }
    bool maybe(std::string_view name) const { return marks[place(name) / 64] >> (place(name) % 64) & 1; }
    void mark(std::string_view name) { marks[place(name) / 64] |= 1ull << (place(name) % 64); }
  };
  static uint32_t find(const Names& names, std::string_view name) {
    const auto found = names.find(name);
    return found == names.end() ? kNone : found->second;
  }
  std::vector<Node> nodes_;
  std::vector<std::string> paths_;
};

}  // namespace lfsguard::rewrite
