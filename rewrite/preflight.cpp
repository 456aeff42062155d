#include "rewrite/preflight.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <map>

#include "base/byte_size.h"
#include "base/file_descriptor.h"
#include "git/process/git_command.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/store/pointer.h"

namespace lfsguard::rewrite {
namespace {

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// Settings put over the configuration by the environment, where names may hold any byte; beside those that are there already.
void set_config(Command& command, const std::vector<std::pair<std::string, std::string>>& settings) {
  const char* given = std::getenv("GIT_CONFIG_COUNT");
  size_t count = given ? std::strtoul(given, nullptr, 10) : 0;
  for (const auto& [key, value] : settings) {
    command.environment.push_back(fmt::format("GIT_CONFIG_KEY_{}={}", count, key));
    command.environment.push_back(fmt::format("GIT_CONFIG_VALUE_{}={}", count++, value));
  }
  command.environment.push_back(fmt::format("GIT_CONFIG_COUNT={}", count));
}

// git in a work tree, which may be another than the one this process was started in, with no program of the configuration's.
class QuietGit {
 public:
  QuietGit(const git::RepositoryLayout& layout, std::string work_tree) : other_(work_tree != layout.work_tree), work_tree_(std::move(work_tree)) {
    const auto listed = run(command({"config", "-z", "--name-only", "--get-regexp", "^filter\\..*\\.(clean|process)$"}));
    if (!listed) return;
    for (const std::string_view key : git::split_nul(listed->output)) {
      // An empty process is no filter at all: content counts as it is, and nobody else's program runs.
      const std::string driver(key.substr(0, key.rfind('.')));
      settings_.insert(settings_.end(), {{driver + ".process", ""}, {driver + ".required", "false"}});
    }
  }
  Command command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"-c", "core.fsmonitor=false"});
    Command command = git::git_command(std::move(arguments), work_tree_);
    if (other_)
      for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}) command.environment.emplace_back(name);
    set_config(command, settings_);
    return command;
  }

 private:
  bool other_;
  std::string work_tree_;
  std::vector<std::pair<std::string, std::string>> settings_ = {{"filter.lfs.process", ""}, {"filter.lfs.required", "false"}};
};

// The filter that attributes give a path, empty for none or LFS.
Result<std::string> foreign_filter(const QuietGit& git, const std::string& path) {
  Command ask = git.command({"check-attr", "-z", "--stdin", "filter"});
  ask.input = path + std::string(1, '\0');
  const std::string output = TRY(git::git_output(ask));
  const auto words = git::split_nul(output);
  const std::string value(words.size() > 2 ? words[2] : "");
  return value == "unspecified" || value == "unset" || value == "set" || value == "lfs" ? std::string() : value;
}

// Whether `git gc` runs here, as git itself tells: its file names a process of this machine that lives, or another machine's, and is not old.
bool gc_is_running(const std::string& file) {
  constexpr time_t kForgotten = 12 * 60 * 60;
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0 || std::time(nullptr) - info.st_mtime > kForgotten) return false;
  const auto text = read_file(file);
  if (!text) return false;
  const size_t space = std::min(text->find(' '), text->size());
  const std::string host = text->substr(std::min(space + 1, text->size()), text->find('\n') == std::string::npos ? std::string::npos : text->find('\n') - space - 1);
  const long pid = std::strtol(text->c_str(), nullptr, 10);
  char here[256] = {};
  ::gethostname(here, sizeof here - 1);
  if (pid <= 0) return false;
  return host != here || ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

// Whether the file is the content that the index's pointer at that path stands for: without its filter git takes it for changed.
Result<bool> is_smudged_pointer(const QuietGit& git, const std::string& work_tree, const std::string& path) {
  const Completed blob = TRY(run(git.command({"cat-file", "blob", ":" + path})));
  const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.output);
  struct stat info {};
  if (blob.status != 0 || !parsed.is_pointer() || ::lstat((work_tree + "/" + path).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (static_cast<uint64_t>(info.st_size) != parsed.pointer.size) return false;
  return TRY(lfs::hash_file(work_tree + "/" + path)).oid == parsed.pointer.oid;
}

}  // namespace

Status check_repository(const git::RepositoryLayout& layout, const std::vector<PlannedRef>& refs) {
  if (gc_is_running(layout.common_dir + "/gc.pid"))
    return fail(ErrorKind::conflict, "git gc is under way in this repository", layout.common_dir + "/gc.pid", "wait for it, then run the command again");
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
    const QuietGit git(layout, work_tree);
    const std::string git_dir = TRY(git::git_line(git.command({"rev-parse", "--absolute-git-dir"})));
    for (const auto& [file, words] : {std::pair("/MERGE_HEAD", "a merge"), std::pair("/rebase-merge", "a rebase"), std::pair("/rebase-apply", "a rebase or am"),
                                      std::pair("/CHERRY_PICK_HEAD", "a cherry-pick"), std::pair("/REVERT_HEAD", "a revert"), std::pair("/BISECT_LOG", "a bisect")})
      if (exists(git_dir + file))
        return fail(ErrorKind::conflict, std::string(words) + " is under way in this work tree", work_tree, "finish or abort it, then run the command again");
    if (exists(git_dir + "/index.lock"))
      return fail(ErrorKind::conflict, "another git command is changing the index", git_dir + "/index.lock", "wait for it; if none is running, remove that file");
    const Completed staged = TRY(run(git.command({"diff-index", "--cached", "--quiet", "--ignore-submodules=all", "HEAD", "--"})));
    if (staged.status == 1) return fail(ErrorKind::conflict, "something is staged in this work tree", work_tree, "commit or stash it, then run the command again");
    // Files whose stat data is stale look changed to diff-files: git's own status compares them.
    const std::string changed = TRY(git::git_output(git.command({"status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=all"})));
    for (const std::string_view line : git::split_nul(changed)) {
      const std::string path(line.substr(std::min<size_t>(3, line.size())));
      if (line.starts_with(" M ") && TRY(is_smudged_pointer(git, work_tree, path))) continue;
      if (const std::string filter = line.starts_with(" M ") ? TRY(foreign_filter(git, path)) : std::string(); !filter.empty())
        return fail(ErrorKind::conflict, "a tracked file may have changes: telling takes its filter '" + filter + "', which is not run here", path,
                    "git status runs it; where it finds nothing changed, run the command again");
      return fail(ErrorKind::conflict, "a tracked file has changes that are not committed", path, "commit or stash them, then run the command again");
    }
    for (const std::string& path : needs.attributes_files) {
      if (!exists(work_tree + "/" + path)) continue;
      const Completed tracked = TRY(run(git.command({"ls-files", "--error-unmatch", "--", ":(literal)" + path})));
      if (tracked.status != 0)
        return fail(ErrorKind::conflict, "an untracked file stands where the run must write", work_tree + "/" + path, "commit it or move it away, then run the command again");
    }
  }
  return {};
}

Status check_space(const std::vector<SpaceNeed>& needs) {
  // What lies on one file system adds up.
  std::map<dev_t, std::pair<std::string, uint64_t>> by_device;
  for (const SpaceNeed& need : needs) {
    std::string folder = need.folder;
    struct stat info {};
    while (::stat(folder.c_str(), &info) != 0 && folder.find('/') != std::string::npos && folder.size() > 1) folder.resize(std::max<size_t>(folder.rfind('/'), 1));
    auto& [place, bytes] = by_device[info.st_dev];
    if (place.empty()) place = folder;
    bytes += need.bytes;
  }
  for (const auto& [device, need] : by_device) {
    const auto& [folder, bytes] = need;
    struct statvfs info {};
    if (::statvfs(folder.c_str(), &info) != 0) continue;
    const uint64_t free_bytes = static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
    if (free_bytes < bytes)
      return fail(ErrorKind::disk_full, fmt::format("there is not enough space: {} needed, {} free", format_byte_size(bytes), format_byte_size(free_bytes)), folder,
                  "free some space on that disk, or move the store with lfs.storage");
  }
  return {};
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
