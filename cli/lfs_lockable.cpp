#include "cli/lfs_lockable.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "config/git_config.h"
#include "git/process/git_command.h"

namespace lfsguard::cli {
namespace {

std::string record_of(const git::RepositoryLayout& layout) { return layout.private_dir() + "/locks"; }

}  // namespace

bool lockable_files_are_read_only(const lfs::Client& client) {
  if (const char* value = std::getenv("GIT_LFS_SET_LOCKABLE_READONLY"))
    if (const auto flag = config::parse_git_bool(value)) return *flag;
  return client.config().flag("lfs.setlockablereadonly", true);
}

Result<std::unordered_set<std::string>> lockable_files(const lfs::Client& client) {
  std::unordered_set<std::string> files;
  if (client.layout().work_tree.empty() || !lockable_files_are_read_only(client)) return files;
  const std::string listing = TRY(git::git_output(git::git_command({"ls-files", "-z", "--", ":(attr:lockable)"}, client.layout().work_tree)));
  for (const std::string_view path : git::split_nul(listing)) files.emplace(path);
  return files;
}

std::unordered_set<std::string> held_locks(const git::RepositoryLayout& layout) {
  std::unordered_set<std::string> held;
  const Result<std::string> text = read_file(record_of(layout));
  if (text)
    for (const std::string_view path : git::split_nul(*text)) held.emplace(path);
  return held;
}

Status remember_lock(const git::RepositoryLayout& layout, const std::string& path, bool held) {
  std::unordered_set<std::string> all = held_locks(layout);
  if (held ? !all.insert(path).second : all.erase(path) == 0) return {};
  std::vector<std::string> sorted(all.begin(), all.end());
  std::ranges::sort(sorted);
  std::string text;
  for (const std::string& one : sorted) text += one + std::string(1, '\0');
  TRY(make_directories(layout.private_dir()));
  return replace_file_durably(record_of(layout), text);
}

unsigned lockable_mode(unsigned mode, bool writable) { return writable ? mode | 0200 : mode & ~0222u; }

Status set_writable(const lfs::Client& client, const std::string& path, bool writable) {
  const std::string full = client.layout().work_tree + "/" + path;
  struct stat info {};
  if (::lstat(full.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  const unsigned mode = lockable_mode(info.st_mode & 07777, writable);
  if (mode != (info.st_mode & 07777u) && ::chmod(full.c_str(), mode) != 0) return fail(errno_error("cannot set the mode of", full));
  return {};
}

}  // namespace lfsguard::cli
