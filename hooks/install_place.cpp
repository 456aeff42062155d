#include "hooks/install_place.h"

#include <limits.h>
#include <stdlib.h>

#include "base/file_descriptor.h"
#include "git/process/git_command.h"
#include "hooks/install_registry.h"

namespace lfsguard::hooks {
namespace {

// With links resolved as far as the path exists.
std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  if (::realpath(path.c_str(), buffer)) return buffer;
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return path;
  return resolved(path.substr(0, slash)) + path.substr(slash);
}

bool is_inside(const std::string& path, const std::string& folder) {
  return !folder.empty() && (path == folder || path.starts_with(folder + "/"));
}

bool file_speaks_of(const std::string& path, std::string_view word) {
  const auto text = read_file(path);
  return text && text->find(word) != std::string::npos;
}

// Where lefthook's configuration may lie, by its manual.
std::vector<std::string> lefthook_files(const git::RepositoryLayout& layout) {
  std::vector<std::string> files;
  if (layout.work_tree.empty()) return files;
  for (const char* name : {"/lefthook", "/.lefthook", "/.config/lefthook"})
    for (const char* suffix : {".yml", ".yaml", ".toml", ".json", ".jsonc"}) files.push_back(layout.work_tree + name + suffix);
  return files;
}

std::string manager_of(const std::string& folder, const git::RepositoryLayout& layout) {
  if (folder.ends_with("/.husky") || folder.find("/.husky/") != std::string::npos) return "husky";
  for (const char* hook : {"pre-commit", "pre-push", "commit-msg", "prepare-commit-msg"}) {
    if (file_speaks_of(folder + "/" + hook, "lefthook")) return "lefthook";
    if (file_speaks_of(folder + "/" + hook, "pre-commit.com") || file_speaks_of(folder + "/" + hook, "pre_commit"))
      return "pre-commit";
  }
  for (const std::string& file : lefthook_files(layout))
    if (read_file(file)) return "lefthook";
  return {};
}

}  // namespace

std::string everywhere_folder() { return data_folder().empty() ? std::string() : data_folder() + "/hooks-everywhere"; }
std::string configured_folder() { return data_folder().empty() ? std::string() : data_folder() + "/hooks-configured"; }

Result<HookPlace> hook_place(const git::RepositoryLayout& layout, const config::GitConfig& config) {
  const std::string top = layout.work_tree.empty() ? layout.git_dir : layout.work_tree;
  HookPlace place;
  const std::string path = TRY(git::git_line(git::git_command({"rev-parse", "--git-path", "hooks"}, top)));
  place.folder = resolved(path.starts_with('/') ? path : top + "/" + path);
  if (const auto* entry = config.find("core.hookspath")) place.scope = entry->scope;
  if (is_inside(place.folder, resolved(layout.common_dir)) || is_inside(place.folder, resolved(layout.git_dir))) {
    place.owner = HookPlace::Owner::repository;
  } else if (place.folder == resolved(everywhere_folder())) {
    place.owner = HookPlace::Owner::everywhere;
  } else {
    place.owner = HookPlace::Owner::foreign;  // also where .git/hooks is a link to a folder that others share
  }
  place.manager = manager_of(place.folder, layout);
  return place;
}

bool foreign_hook_calls_lfsguard(const HookPlace& place, const git::RepositoryLayout& layout,
                                 std::string_view hook_name) {
  const std::string name(hook_name);
  // husky's .husky/_/NAME runs .husky/NAME.
  const std::string above = place.folder.substr(0, place.folder.rfind('/'));
  for (const std::string& path : {place.folder + "/" + name, above + "/" + name})
    if (file_speaks_of(path, "lfsguard hook " + name) || file_speaks_of(path, "lfsguard-hook")) return true;
  if (place.manager == "lefthook")
    for (const std::string& file : lefthook_files(layout))
      if (file_speaks_of(file, "lfsguard hook " + name)) return true;
  return false;
}

std::vector<std::string> lines_for_manager(const HookPlace& place, const git::RepositoryLayout& layout,
                                           const std::vector<std::string_view>& hook_names) {
  std::vector<std::string> lines;
  for (const std::string_view hook : hook_names) {
    if (foreign_hook_calls_lfsguard(place, layout, hook)) continue;
    const std::string name(hook);
    const bool input = hook == "pre-push" || hook == "pre-receive";
    if (place.manager == "lefthook") {
      lines.push_back("lefthook.yml: " + name + ": {commands: {lfsguard: {run: '" + std::string("lfsguard hook ") + name +
                      (hook == "pre-push" ? " {1} {2}" : "") + "'" + (input ? ", use_stdin: true" : "") + "}}}");
    } else {
      const bool husky_inner = place.manager == "husky" && place.folder.ends_with("/_");
      const std::string folder = husky_inner ? place.folder.substr(0, place.folder.size() - 2) : place.folder;
      lines.push_back(folder + "/" + name + ": lfsguard hook " + name + " \"$@\"");
    }
  }
  return lines;
}

}  // namespace lfsguard::hooks
