#include "rewrite/leftovers.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lfsguard::rewrite {
namespace {

void remove_by_prefix(const std::string& folder, const std::vector<std::string_view>& prefixes) {
  std::error_code ignored;
  std::vector<std::filesystem::path> doomed;
  for (auto entry = std::filesystem::directory_iterator(folder, ignored); !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    for (const std::string_view prefix : prefixes)
      if (name.starts_with(prefix)) doomed.push_back(entry->path());
  }
  for (const std::filesystem::path& path : doomed) std::filesystem::remove_all(path, ignored);
}

}  // namespace

void remove_leftovers(const git::RepositoryLayout& layout) {
  remove_by_prefix(layout.private_dir(), {"known-", "blob-", "objects-"});
  // Maps are written before the journal: a folder without one is no run.
  std::error_code none;
  std::vector<std::filesystem::path> unfinished;
  for (auto entry = std::filesystem::directory_iterator(layout.private_dir() + "/rewrite", none); !none && entry != std::filesystem::directory_iterator(); entry.increment(none))
    if (entry->is_directory(none) && !std::filesystem::exists(entry->path() / "journal.json", none)) unfinished.push_back(entry->path());
  for (const std::filesystem::path& folder : unfinished) std::filesystem::remove_all(folder, none);
  remove_by_prefix(layout.object_dir + "/pack", {"tmp_pack_lfsguard_", "tmp_idx_lfsguard_"});
  // Copies of indexes, of every work tree.
  remove_by_prefix(layout.common_dir, {"index-lfsguard-"});
  std::error_code ignored;
  const std::filesystem::path work_trees = layout.common_dir + "/worktrees";
  for (auto entry = std::filesystem::directory_iterator(work_trees, ignored); !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored))
    remove_by_prefix(entry->path().string(), {"index-lfsguard-"});
}

}  // namespace lfsguard::rewrite
