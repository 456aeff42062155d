#include "git/process/repository_layout.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file_descriptor.h"
#include "git/process/git_command.h"

namespace lfsguard::git {
namespace {

std::string absolute(const std::string& path, const std::string& base) {
  const std::string joined = path.starts_with('/') || base.empty() ? path : base + "/" + path;
  char resolved[PATH_MAX];
  if (::realpath(joined.c_str(), resolved)) return resolved;
  return joined;
}

std::string object_directory(const std::string& common_dir, const std::string& base) {
  const char* given = std::getenv("GIT_OBJECT_DIRECTORY");
  return given && *given ? absolute(given, base) : common_dir + "/objects";
}

// Whether <common_dir>/config speaks of an extension that decides how objects are named. A plain look, so that a hook needs no process.
bool has_object_format_extension(const std::string& common_dir) {
  const auto text = read_file(common_dir + "/config");
  if (!text) return false;
  std::string lower = *text;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower.find("objectformat") != std::string::npos;
}

}  // namespace

Result<RepositoryLayout> discover_repository(const std::string& directory) {
  // --show-toplevel fails in a bare repository, so it comes last and its failure is an answer.
  Command command = git_command({"rev-parse", "--show-object-format", "--is-bare-repository", "--is-inside-work-tree",
                                 "--absolute-git-dir", "--git-common-dir", "--show-toplevel"},
                                directory);
  const Completed completed = TRY(run(command));
  const auto lines = split_lines(completed.output);
  if (lines.size() < 5) {
    Error error{ErrorKind::not_found, "not a git repository", directory.empty() ? "." : directory,
                "go to a repository, or name one: lfsguard -C DIR ...; 'git init' makes one here", {}};
    if (completed.error_output.find("dubious ownership") != std::string::npos) {
      error.kind = ErrorKind::unsupported;
      error.what = "git does not trust this repository, which belongs to another user";
      error.hint = "git config --global --add safe.directory DIR, or run this as its owner";
    } else if (completed.error_output.find("bad config") != std::string::npos) {
      error.kind = ErrorKind::config;
      error.what = "git cannot read its configuration here";
      error.hint = "mend that file, then see: git config --list --show-origin";
    }
    for (const std::string_view line : split_lines(completed.error_output)) error.causes.emplace_back(line);
    return fail(std::move(error));
  }
  char here[PATH_MAX];
  const std::string base = directory.empty() ? (::getcwd(here, sizeof here) ? here : ".") : absolute(directory, "");
  RepositoryLayout layout;
  layout.git_dir = absolute(std::string(lines[3]), base);
  layout.common_dir = absolute(std::string(lines[4]), base);
  layout.object_dir = object_directory(layout.common_dir, base);
  layout.bare = lines[1] == "true";
  if (lines.size() > 5 && completed.status == 0) layout.work_tree = std::string(lines[5]);
  if (lines[0] != "sha1") {
    return fail(ErrorKind::unsupported, "this repository names its objects with " + std::string(lines[0]) + ", which lfsguard cannot read yet",
                layout.common_dir, "only repositories with SHA-1 object ids are supported");
  }
  return layout;
}

std::string top_to_go_to(const RepositoryLayout& layout) {
  const char* prefix = std::getenv("GIT_PREFIX");
  struct stat top {}, here {};
  if (layout.work_tree.empty() || ::stat(layout.work_tree.c_str(), &top) != 0 || ::stat(".", &here) != 0) return {};
  const bool at_top = top.st_dev == here.st_dev && top.st_ino == here.st_ino;
  return at_top && !(prefix && *prefix) ? std::string() : layout.work_tree;
}

Result<RepositoryLayout> repository_of_hook() {
  char here[PATH_MAX];
  if (!::getcwd(here, sizeof here)) return fail(errno_error("cannot tell the current folder", "."));
  const std::string base = here;
  const char* given = std::getenv("GIT_DIR");
  std::string git_dir = given && *given ? absolute(given, base) : std::string();
  struct stat info {};
  if (git_dir.empty()) {
    git_dir = base + "/.git";
    if (::stat(git_dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return discover_repository();
  }
  if (std::getenv("GIT_WORK_TREE") || std::getenv("GIT_COMMON_DIR")) return discover_repository();
  RepositoryLayout layout;
  layout.git_dir = git_dir;
  layout.common_dir = git_dir;
  if (const auto common = read_file(git_dir + "/commondir")) {
    std::string line = *common;
    while (!line.empty() && line.back() == '\n') line.pop_back();
    layout.common_dir = absolute(line, git_dir);
  }
  if (::stat((layout.common_dir + "/objects").c_str(), &info) != 0 || has_object_format_extension(layout.common_dir))
    return discover_repository();
  layout.object_dir = object_directory(layout.common_dir, base);
  if (git_dir == base) {
    layout.bare = true;
  } else {
    layout.work_tree = base;
  }
  return layout;
}

}  // namespace lfsguard::git
