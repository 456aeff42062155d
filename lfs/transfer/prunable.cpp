#include "lfs/transfer/prunable.h"

#include <dirent.h>
#include <sys/stat.h>

#include <ctime>

#include "git/process/git_command.h"
#include "lfs/transfer/pointer_listing.h"
#include "lfs/transfer/recent_refs.h"

namespace lfsguard::lfs {
namespace {

constexpr std::time_t kStaleSeconds = 3600;

template <typename Use>
void each_entry(const std::string& folder, Use use) {
  DIR* const open = ::opendir(folder.c_str());
  if (!open) return;
  while (const dirent* entry = ::readdir(open))
    if (entry->d_name[0] != '.') use(std::string(entry->d_name));
  ::closedir(open);
}

void keep(std::unordered_set<Oid>& kept, const std::vector<ListedPointer>& pointers) {
  for (const ListedPointer& listed : pointers) kept.insert(listed.pointer.oid);
}

// The git directory and HEAD of each work tree.
Status keep_work_trees(const git::RepositoryLayout& layout, std::unordered_set<Oid>& kept) {
  const std::string list =
      TRY(git::git_output(git::git_command({"--git-dir=" + layout.git_dir, "worktree", "list", "--porcelain", "-z"})));
  for (const std::string_view field : git::split_nul(list)) {
    if (!field.starts_with("worktree ")) continue;
    const auto tree = git::discover_repository(std::string(field.substr(9)));
    if (!tree) continue;  // prunable: its folder is gone
    if (const auto head = pointers_in_tree(*tree, "HEAD")) keep(kept, *head);
    if (!tree->work_tree.empty()) keep(kept, TRY(pointers_in_index(*tree)));
  }
  if (const auto head = pointers_in_tree(layout, "HEAD")) keep(kept, *head);
  return {};
}

Status keep_stashes(const git::RepositoryLayout& layout, std::unordered_set<Oid>& kept) {
  const Completed stashes = TRY(run(git::git_command({"--git-dir=" + layout.git_dir, "rev-list", "-g", "refs/stash"})));
  if (stashes.status != 0) return {};
  for (const std::string_view commit : git::split_lines(stashes.output)) {
    // A stash is a merge of what was staged, what was not, and what was untracked: the commits that no branch holds.
    const std::string name(commit);
    keep(kept, TRY(pointers_in_history(layout, {name}, {name + "^1"})));
    keep(kept, TRY(pointers_in_tree(layout, name)));
  }
  return {};
}

Status keep_unpushed(const Client& client, std::unordered_set<Oid>& kept) {
  const std::string git_dir = "--git-dir=" + client.layout().git_dir;
  const auto tips = [&](const std::vector<std::string>& places) -> Result<std::vector<std::string>> {
    std::vector<std::string> arguments = {git_dir, "for-each-ref", "--format=%(objectname)"};
    arguments.insert(arguments.end(), places.begin(), places.end());
    const std::string text = TRY(git::git_output(git::git_command(std::move(arguments))));
    std::vector<std::string> oids;
    for (const std::string_view line : git::split_lines(text)) oids.emplace_back(line);
    return oids;
  };
  std::vector<std::string> local = TRY(tips({"refs/heads/", "refs/tags/"}));
  const Completed head = TRY(run(git::git_command({git_dir, "rev-parse", "-q", "--verify", "HEAD"})));
  if (head.status == 0) local.emplace_back("HEAD");
  const std::vector<std::string> remote = TRY(tips({"refs/remotes/" + prune_remote(client.config()) + "/"}));
  keep(kept, TRY(pointers_in_history(client.layout(), local, remote)));
  return {};
}

}  // namespace

std::string prune_remote(const ClientConfig& config) { return config.get("lfs.pruneremotetocheck").value_or("origin"); }

std::vector<StoredObject> stored_objects(const ObjectStore& store) {
  std::vector<StoredObject> objects;
  each_entry(store.objects_dir(), [&](const std::string& first) {
    each_entry(store.objects_dir() + "/" + first, [&](const std::string& second) {
      const std::string folder = store.objects_dir() + "/" + first + "/" + second;
      each_entry(folder, [&](const std::string& name) {
        const std::string path = folder + "/" + name;
        struct stat info {};
        const auto oid = Oid::from_hex(name);
        if (oid && ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode))
          objects.push_back({*oid, static_cast<uint64_t>(info.st_size), path});
      });
    });
  });
  return objects;
}

Result<std::unordered_set<Oid>> retained_objects(const Client& client, const PruneChoice& choice) {
  std::unordered_set<Oid> kept;
  if (!choice.force) {
    TRY(keep_work_trees(client.layout(), kept));
    TRY(keep_stashes(client.layout(), kept));
    if (!choice.recent)
      keep(kept, TRY(recent_pointers(client.layout(), client.config(), RecentWindow::for_prune(client.config()))));
  }
  TRY(keep_unpushed(client, kept));
  return kept;
}

std::vector<std::string> stale_temporaries(const ObjectStore& store) {
  std::vector<std::string> paths;
  const std::time_t now = std::time(nullptr);
  each_entry(store.tmp_dir(), [&](const std::string& name) {
    const std::string path = store.tmp_dir() + "/" + name;
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && now - info.st_mtime > kStaleSeconds)
      paths.push_back(path);
  });
  return paths;
}

}  // namespace lfsguard::lfs
