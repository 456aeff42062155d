#include "rewrite/path_trie.h"

namespace lfsguard::rewrite {

uint32_t PathTrie::add(std::string_view path) {
  const std::string_view whole = path;
  uint32_t node = kRoot;
  for (size_t slash; (slash = path.find('/')) != std::string_view::npos; path.remove_prefix(slash + 1)) {
    const std::string name(path.substr(0, slash));
    const auto found = nodes_[node].directories.find(name);
    if (found != nodes_[node].directories.end()) {
      node = found->second;
      continue;
    }
    const auto made = static_cast<uint32_t>(nodes_.size());
    nodes_[node].mark(name);
    nodes_[node].directories.emplace(name, made);
    nodes_.emplace_back();
    node = made;
  }
  nodes_[node].mark(path);
  const auto [slot, fresh] = nodes_[node].files.try_emplace(std::string(path), static_cast<uint32_t>(paths_.size()));
  if (fresh) paths_.emplace_back(whole);
  return slot->second;
}

}  // namespace lfsguard::rewrite
