#include "git/objects/tree_diff.h"

#include <algorithm>
#include <unordered_map>

namespace lfsguard::git {
namespace {

size_t common_prefix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t at = 0;
  while (at + 64 <= size && std::memcmp(a.data() + at, b.data() + at, 64) == 0) at += 64;
  while (at < size && a[at] == b[at]) ++at;
  return at;
}

// Length of the entry at the front, 0 when it is cut short. Only looks for the NUL: cheaper than parsing.
size_t entry_length(std::string_view bytes) {
  const void* nul = bytes.empty() ? nullptr : std::memchr(bytes.data(), 0, bytes.size());
  if (!nul) return 0;
  const size_t length = static_cast<size_t>(static_cast<const char*>(nul) - bytes.data()) + 1 + ObjectId::kSize;
  return length <= bytes.size() ? length : 0;
}

// Skips the entries that both begin with; returns the last of them, empty when there is none.
std::string_view skip_common(std::string_view& newer, std::string_view& older) {
  if (newer.size() == older.size() && std::memcmp(newer.data(), older.data(), newer.size()) == 0) {
    newer = older = {};
    return {};
  }
  const size_t prefix = common_prefix(newer, older);
  size_t begin = 0, last = 0;
  while (begin < prefix) {
    const size_t length = entry_length(newer.substr(begin));
    if (length == 0 || begin + length > prefix) break;
    last = begin;
    begin += length;
  }
  const std::string_view skipped = newer.substr(last, begin - last);
  newer.remove_prefix(begin);
  older.remove_prefix(begin);
  return skipped;
}

// git's order: as strings, a directory's name with a slash behind it.
int compare_names(const TreeEntry& a, const TreeEntry& b) {
  const size_t shared = std::min(a.name.size(), b.name.size());
  if (const int order = std::memcmp(a.name.data(), b.name.data(), shared)) return order;
  const auto next = [shared](const TreeEntry& entry) -> unsigned char {
    if (entry.name.size() > shared) return static_cast<unsigned char>(entry.name[shared]);
    return entry.is_tree() ? '/' : 0;
  };
  return static_cast<int>(next(a)) - static_cast<int>(next(b));
}

// For trees that are not in order: every entry of one is looked up by name in the other.
bool diff_by_name(std::string_view newer, std::string_view older, std::vector<ChangedEntry>& changes) {
  std::unordered_map<std::string_view, TreeEntry> by_name;
  TreeReader before(older);
  ChangedEntry change;
  while (before.next(change.old)) by_name.try_emplace(change.old.name, change.old);
  TreeReader after(newer);
  while (after.next(change.entry)) {
    const auto found = by_name.find(change.entry.name);
    if (found != by_name.end() && found->second.bytes == change.entry.bytes) continue;
    change.old = found == by_name.end() ? TreeEntry{} : found->second;
    changes.push_back(change);
  }
  return !before.damaged() && !after.damaged();
}

}  // namespace

bool diff_trees(std::string_view newer, std::string_view older, std::vector<ChangedEntry>& changes) {
  const size_t start = changes.size();
  const std::string_view whole_newer = newer, whole_older = older;
  TreeEntry entry, old, last_entry, last_old;
  while (!newer.empty()) {
    if (const std::string_view skipped = skip_common(newer, older); !skipped.empty()) {
      TreeReader last(skipped);
      if (!last.next(last_entry)) return false;
      last_old = last_entry;
    }
    if (newer.empty()) break;
    TreeReader reader(newer), old_reader(older);
    if (!reader.next(entry)) return false;
    const bool has_old = old_reader.next(old);
    if (!has_old && old_reader.damaged()) return false;
    if ((!last_entry.name.empty() && compare_names(last_entry, entry) >= 0) ||
        (has_old && !last_old.name.empty() && compare_names(last_old, old) > 0)) {
      changes.resize(start);
      return diff_by_name(whole_newer, whole_older, changes);
    }
    const int order = !has_old ? -1 : entry.name == old.name ? 0 : compare_names(entry, old);
    if (order <= 0) {
      if (order != 0 || entry.bytes != old.bytes) changes.push_back({entry, order == 0 ? old : TreeEntry{}});
      last_entry = entry;
      newer.remove_prefix(entry.bytes.size());
    }
    if (order >= 0) {
      last_old = old;
      older.remove_prefix(old.bytes.size());
    }
  }
  return true;
}

bool tree_stretches(std::string_view newer, std::string_view older, std::vector<TreeStretch>& stretches) {
  const size_t size = newer.size(), old_size = older.size();
  TreeEntry entry, old;
  for (;;) {
    const size_t skipped = skip_common(newer, older).size();
    if (newer.empty() && older.empty()) return true;
    TreeStretch stretch{size - newer.size() - skipped, size - newer.size(), 0, old_size - older.size(), 0};
    // Until both stand before the same entry again.
    do {
      TreeReader reader(newer), old_reader(older);
      const bool has = reader.next(entry), has_old = old_reader.next(old);
      if (reader.damaged() || old_reader.damaged()) return false;
      if (!has && !has_old) break;
      const int order = !has ? 1 : !has_old ? -1 : entry.name == old.name ? 0 : compare_names(entry, old);
      if (order == 0 && entry.bytes == old.bytes) break;
      if (order <= 0) newer.remove_prefix(entry.bytes.size());
      if (order >= 0) older.remove_prefix(old.bytes.size());
    } while (true);
    stretch.end = size - newer.size();
    stretch.old_end = old_size - older.size();
    stretches.push_back(stretch);
  }
}

}  // namespace lfsguard::git
