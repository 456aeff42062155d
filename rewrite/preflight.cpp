#include "rewrite/preflight.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <map>

#include "base/byte_size.h"
#include "git/process/git_command.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/store/pointer.h"

namespace lfsguard::rewrite {
namespace {

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// git in another work tree than the one this process was started in.
Command git_in(const git::RepositoryLayout& layout, const std::string& work_tree, std::vector<std::string> arguments) {
  // An empty process is no filter at all: content counts as it is, and nobody else's program runs.
  arguments.insert(arguments.begin(), {"-c", "filter.lfs.process=", "-c", "filter.lfs.required=false", "-c", "core.fsmonitor=false"});
  Command command = git::git_command(std::move(arguments), work_tree);
  if (work_tree != layout.work_tree)
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}) command.environment.emplace_back(name);
  return command;
}

// Whether the file is the content that the index's pointer at that path stands for: without its filter git takes it for changed.
Result<bool> is_smudged_pointer(const git::RepositoryLayout& layout, const std::string& work_tree, const std::string& path) {
  const Completed blob = TRY(run(git_in(layout, work_tree, {"cat-file", "blob", ":" + path})));
  const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.output);
  struct stat info {};
  if (blob.status != 0 || !parsed.is_pointer() || ::lstat((work_tree + "/" + path).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (static_cast<uint64_t>(info.st_size) != parsed.pointer.size) return false;
  return TRY(lfs::hash_file(work_tree + "/" + path)).oid == parsed.pointer.oid;
}

}  // namespace

Status check_repository(const git::RepositoryLayout& layout, const std::vector<PlannedRef>& refs) {
  if (exists(layout.common_dir + "/shallow"))
    return fail(ErrorKind::unsupported, "this clone is shallow, so its history is not all here", layout.common_dir, "git fetch --unshallow, then run the command again");
  struct stat info {};
  if (::stat((layout.common_dir + "/info/grafts").c_str(), &info) == 0 && info.st_size > 0)
    return fail(ErrorKind::unsupported, "grafts change what history looks like", layout.common_dir + "/info/grafts", "make them permanent or remove that file");
  for (const PlannedRef& ref : refs) {
    if (!ref.name.starts_with("refs/replace/")) continue;
    return fail(ErrorKind::unsupported, "a replace ref changes what history looks like", ref.name,
                "git replace -d " + ref.name.substr(13) + " removes it (or fetch a history in which it is permanent)");
  }
  return {};
}

Status check_work_trees(const git::RepositoryLayout& layout, const std::vector<std::string>& work_trees, const WorkTreeNeeds& needs) {
  for (const std::string& work_tree : work_trees) {
    const std::string git_dir = TRY(git::git_line(git_in(layout, work_tree, {"rev-parse", "--absolute-git-dir"})));
    for (const auto& [file, words] : {std::pair("/MERGE_HEAD", "a merge"), std::pair("/rebase-merge", "a rebase"), std::pair("/rebase-apply", "a rebase or am"),
                                      std::pair("/CHERRY_PICK_HEAD", "a cherry-pick"), std::pair("/REVERT_HEAD", "a revert"), std::pair("/BISECT_LOG", "a bisect")})
      if (exists(git_dir + file))
        return fail(ErrorKind::conflict, std::string(words) + " is under way in this work tree", work_tree, "finish or abort it, then run the command again");
    if (exists(git_dir + "/index.lock"))
      return fail(ErrorKind::conflict, "another git command is changing the index", git_dir + "/index.lock", "wait for it; if none is running, remove that file");
    const Completed staged = TRY(run(git_in(layout, work_tree, {"diff-index", "--cached", "--quiet", "--ignore-submodules=all", "HEAD", "--"})));
    if (staged.status == 1) return fail(ErrorKind::conflict, "something is staged in this work tree", work_tree, "commit or stash it, then run the command again");
    // Files whose stat data is stale look changed to diff-files: git's own status compares them.
    const std::string changed = TRY(git::git_output(git_in(layout, work_tree, {"status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=all"})));
    for (const std::string_view line : git::split_nul(changed)) {
      const std::string path(line.substr(std::min<size_t>(3, line.size())));
      if (line.starts_with(" M ") && TRY(is_smudged_pointer(layout, work_tree, path))) continue;
      return fail(ErrorKind::conflict, "a tracked file has changes that are not committed", path, "commit or stash them, then run the command again");
    }
    for (const std::string& path : needs.attributes_files) {
      if (!exists(work_tree + "/" + path)) continue;
      const Completed tracked = TRY(run(git_in(layout, work_tree, {"ls-files", "--error-unmatch", "--", ":(literal)" + path})));
      if (tracked.status != 0)
        return fail(ErrorKind::conflict, "an untracked file stands where the run must write", work_tree + "/" + path, "commit it or move it away, then run the command again");
    }
  }
  return {};
}

Status check_space(const std::string& folder, uint64_t bytes) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return {};
  const uint64_t free_bytes = static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
  if (free_bytes >= bytes) return {};
  return fail(ErrorKind::disk_full, fmt::format("there is not enough space: {} needed, {} free", format_byte_size(bytes), format_byte_size(free_bytes)), folder,
              "free some space on that disk, or move the store with lfs.storage");
}

std::vector<std::string> case_clashes(const std::vector<PlannedRef>& refs) {
  std::map<std::string, std::string> seen;
  std::vector<std::string> clashes;
  for (const PlannedRef& ref : refs) {
    std::string folded = ref.name;
    for (char& c : folded)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto [slot, fresh] = seen.emplace(std::move(folded), ref.name);
    if (!fresh) clashes.push_back(slot->second + " and " + ref.name);
  }
  return clashes;
}

}  // namespace lfsguard::rewrite
