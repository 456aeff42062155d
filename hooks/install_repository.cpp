// A hook that was there before is moved, as it is, to NAME.d/NAME below the hook folder (its own name is kept, since
// some hooks look at it) and run by the stub. A symbolic link stays in its folder, under NAME.lfsguard-kept, so that a
// relative target still holds; NAME.d/NAME then links to it.
#include "hooks/install_repository.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "config/key_table.h"
#include "config/policy_sources.h"
#include "git/process/git_command.h"
#include "hooks/install_place.h"
#include "hooks/install_record.h"
#include "hooks/install_registry.h"
#include "hooks/install_stub.h"

namespace lfsguard::hooks {
namespace {

std::string record_folder(const git::RepositoryLayout& layout) { return layout.private_dir() + "/install"; }

bool is_link(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}
bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

bool is_stub(const std::string& path) {
  const auto text = read_file(path);
  return text && stub_facts(*text).has_value();
}

// Moves what is at folder/name out of the stub's way.
Status keep_hook(Changes& changes, InstallRecord& record, const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name, kept_folder = path + ".d", kept = kept_folder + "/" + name;
  if (!exists(kept_folder)) record.add("made", kept_folder);
  if (is_link(path)) {
    TRY(changes.move(path, path + ".lfsguard-kept"));
    TRY(changes.make_link("../" + name + ".lfsguard-kept", kept));
  } else {
    TRY(changes.move(path, kept));
  }
  record.add("kept", path);
  return {};
}

Status put_back_hook(Changes& changes, const InstallRecord& record, const std::string& path, const std::string& name) {
  const std::string kept_folder = path + ".d", kept = kept_folder + "/" + name, link = path + ".lfsguard-kept";
  if (exists(link)) {
    if (is_link(kept)) TRY(changes.remove(kept));
    TRY(changes.move(link, path));
  } else if (exists(kept)) {
    TRY(changes.move(kept, path));
  }
  if (record.has("made", kept_folder) || !record.exists()) changes.remove_folder_if_empty(kept_folder);
  return {};
}

bool on_search_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const size_t end = rest.find(':');
    const std::string candidate = std::string(rest.substr(0, end)) + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0) return true;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return false;
}

std::vector<std::string_view> hooks_for(const git::RepositoryLayout& layout, const InstallOptions& options) {
  if (options.server) return {kServerHook};
  if (layout.bare) return {"pre-push"};  // nobody commits there
  return {std::begin(kClientHooks), std::end(kClientHooks)};
}

Status install_hooks(Changes& changes, InstallRecord& record, const std::string& folder,
                     const std::vector<std::string_view>& names, const Programs& programs) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) record.add("made", folder);
  for (const std::string_view name : names) {
    const std::string path = folder + "/" + std::string(name);
    if (exists(path) && (is_link(path) || !is_stub(path))) TRY(keep_hook(changes, record, folder, std::string(name)));
    TRY(changes.write_file(path, stub_text(StubKind::repository, name, programs.hook), true));
    record.add("stub", path);
  }
  return {};
}

Status install_filters(Changes& changes, const config::GitConfig& config, const Programs& programs,
                       std::vector<std::pair<std::string, std::string>>& settings) {
  const FilterState state = filter_state(config);
  if (state.owner == FilterOwner::git_lfs && state.works) {
    changes.note("filters: left to git-lfs, which owns them (" + state.scope + ")");
  } else if (state.owner == FilterOwner::other) {
    changes.note("filters: filter.lfs belongs to another program (" + state.scope + ") and is left alone");
  } else if (state.owner != FilterOwner::lfsguard || state.scope == "local" || !state.works) {
    for (auto& setting : filter_settings(programs.lfsguard)) settings.push_back(std::move(setting));
  }
  return {};
}

Undone undone_by_manager(const HookPlace& place, const git::RepositoryLayout& layout,
                         const std::vector<std::string_view>& names) {
  const auto lines = lines_for_manager(place, layout, names);
  if (lines.empty()) return {};
  Undone undone;
  undone.push_back(
      "hooks: " + (place.scope.empty() ? "the hook folder is a link to " : "core.hooksPath (" + place.scope + ") is ") +
      place.folder + (place.manager.empty() ? "" : ", which belongs to " + place.manager) +
      "; nothing was written there. Add to its own configuration:");
  for (const std::string& line : lines) undone.push_back("  " + line);
  return undone;
}

std::string server_settings_text(const std::vector<std::pair<std::string, std::string>>& settings) {
  std::string text = "version = 1\n";
  for (const auto& [key, value] : settings) text += key + " = \"" + value + "\"\n";
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> filter_settings(const std::string& program) {
  std::string quoted = program;
  const bool plain = program.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") ==
                     std::string::npos;
  if (!plain) quoted = shell_quoted(program);
  const auto command = [&](const std::string& words, bool expands) {
    std::string text =
        "test -x " + quoted + " || { echo lfsguard: " + quoted +
        " is missing, install lfsguard again or run: git config --remove-section filter.lfs >&2; exit 1; }; " + quoted;
    // git expands %f, and %% to %, in clean and smudge alone.
    std::string escaped;
    for (const char c : text) escaped += c == '%' && expands ? std::string("%%") : std::string(1, c);
    return escaped + " lfs " + words;
  };
  return {{"filter.lfs.clean", command("clean -- %f", true)},
          {"filter.lfs.smudge", command("smudge -- %f", true)},
          {"filter.lfs.process", command("filter-process", false)},
          {"filter.lfs.required", "true"}};
}

FilterState filter_state(const config::GitConfig& config) {
  FilterState state;
  const auto* entry = config.find("filter.lfs.process");
  if (!entry || entry->value.empty()) entry = config.find("filter.lfs.clean");
  if (!entry || entry->value.empty()) return state;
  state.scope = entry->scope;
  const std::string& value = entry->value;
  if (value.find("lfsguard") != std::string::npos) {
    state.owner = FilterOwner::lfsguard;
    // "test -x PROGRAM || ...": the program that must be there; in another form, what stands on PATH.
    state.works =
        value.starts_with("test -x ")
            ? run({{"sh", "-c", value.substr(0, value.find(" || "))}}).value_or(Completed{1, "", ""}).status == 0
            : on_search_path("lfsguard");
  } else if (value.find("git-lfs") != std::string::npos || value.find("git lfs") != std::string::npos) {
    state.owner = FilterOwner::git_lfs;
    state.works = on_search_path("git-lfs");
  } else {
    state.owner = FilterOwner::other;
    state.works = true;
  }
  return state;
}

Result<bool> uses_lfs(const git::RepositoryLayout& layout) {
  const bool bare = layout.work_tree.empty();
  std::vector<std::string> words = {"grep", "-q", "-e", "filter=lfs"};
  if (bare)
    words.emplace_back("HEAD");
  else
    words.emplace_back("--cached");
  words.emplace_back("--");
  words.emplace_back(":(top,glob)**/.gitattributes");
  const Completed found = TRY(run(git::git_command(std::move(words), bare ? layout.git_dir : layout.work_tree)));
  return found.status == 0;
}

Status write_client_stubs(Changes& changes, const std::string& folder, const Programs& programs) {
  for (const std::string_view name : kClientHooks) {
    const std::string path = folder + "/" + std::string(name);
    if (exists(path) && !is_stub(path))
      return fail(ErrorKind::conflict, "a hook is there already", path,
                  "move it to " + path + ".d/" + std::string(name) + ": it is run first then");
    TRY(changes.write_file(path, stub_text(StubKind::repository, name, programs.hook), true));
  }
  return {};
}

Result<Undone> install_in_repository(Changes& changes, const git::RepositoryLayout& layout,
                                     const config::GitConfig& config, const InstallOptions& options) {
  InstallRecord record = TRY(InstallRecord::load(record_folder(layout)));
  const size_t entries_before = record.entries().size(), changes_before = changes.count();
  const HookPlace place = TRY(hook_place(layout, config));
  const auto names = hooks_for(layout, options);
  Undone undone;
  if (place.owner == HookPlace::Owner::repository) {
    TRY(install_hooks(changes, record, place.folder, names, options.programs));
    if (!place.manager.empty())
      changes.note("hooks: " + place.manager + " writes hooks in " + place.folder +
                   " too; where it replaces these, run lfsguard install again");
  } else if (place.owner == HookPlace::Owner::everywhere && !options.server) {
    changes.note("hooks: those for all repositories of this user guard this one (" + place.folder + ")");
  } else {
    undone = undone_by_manager(place, layout, names);
  }

  std::vector<std::pair<std::string, std::string>> settings;
  if (!options.server) TRY(install_filters(changes, config, options.programs, settings));
  if (options.server && !options.settings.empty()) {
    const std::string path = layout.common_dir + "/lfsguard.toml";
    if (!exists(path) || record.has("wrote", path)) {
      TRY(changes.write_file(path, server_settings_text(options.settings), false));
      record.add("wrote", path);
    } else {
      for (const auto& [key, value] : options.settings)
        undone.push_back("settings: write " + key + " = \"" + value + "\" into " + path + " (it is there already)");
    }
  } else {
    for (const auto& [key, value] : options.settings) settings.emplace_back("lfsguard." + key, value);
  }
  // A push option that lets one push through reaches the hook only where the server offers push options.
  if (options.server) {
    config::PolicySources sources;
    sources.layout = &layout;
    sources.server = true;
    if (!TRY(config::load_policy(sources)).bypass.empty()) settings.emplace_back("receive.advertisePushOptions", "true");
  }
  TRY(record.set_config(changes, layout.common_dir + "/config", settings));

  if (changes.dry_run()) return undone;
  if (changes.count() != changes_before || record.entries().size() != entries_before) TRY(record.save());
  TRY(register_repository(layout.common_dir));
  return undone;
}

Result<Undone> uninstall_from_repository(Changes& changes, const git::RepositoryLayout& layout,
                                         const config::GitConfig& config, const InstallOptions& options) {
  const InstallRecord record = TRY(InstallRecord::load(record_folder(layout)));
  const HookPlace place = TRY(hook_place(layout, config));
  Undone undone;

  // Where stubs may be: where they were written, and where git looks now (a template's copies have no record).
  std::vector<std::string> paths;
  const auto add = [&](const std::string& path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  };
  for (const InstallRecord::Entry& entry : record.entries())
    if (entry.word == "stub") add(entry.first);
  std::vector<std::string> names(std::begin(kClientHooks), std::end(kClientHooks));
  names.emplace_back(kServerHook);
  for (const std::string& name : names) {
    add(layout.common_dir + "/hooks/" + name);
    if (place.owner == HookPlace::Owner::repository) add(place.folder + "/" + name);
  }
  for (const std::string& path : paths) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (!changes.dry_run()) remove_abandoned_copies(path);
    if (is_stub(path)) {
      TRY(changes.remove(path));
      TRY(put_back_hook(changes, record, path, name));
    } else if (record.has("kept", path) && (exists(path + ".d/" + name) || exists(path + ".lfsguard-kept"))) {
      undone.push_back("hooks: " + path + " was changed since; the hook that was there before lies in " + path + ".d");
    }
  }
  for (const InstallRecord::Entry& entry : record.entries()) {
    if (entry.word == "made") changes.remove_folder_if_empty(entry.first);
    if (entry.word == "wrote" && exists(entry.first)) TRY(changes.remove(entry.first));
  }

  const std::string file = layout.common_dir + "/config";
  const FilterState filters = filter_state(config);
  const bool ours = filters.owner == FilterOwner::lfsguard && filters.scope == "local";
  if (ours && TRY(uses_lfs(layout))) {
    changes.note(options.keep_filters ? "filters: kept, since LFS files are in this repository"
                                      : "filters: LFS files are in this repository, and their filters go too "
                                        "(--keep-filters keeps them); without any, "
                                        "checkouts give pointers: git lfs install --local puts git-lfs in their place");
  }
  TRY(record.restore_config(changes, file, options.keep_filters ? "filter." : ""));
  if (!record.exists() && ours && !options.keep_filters)
    for (const auto& [key, value] : filter_settings(options.programs.lfsguard)) TRY(changes.unset_config(file, key));

  TRY(changes.remove_tree(record.folder()));
  TRY(changes.remove_tree(layout.private_dir() + "/cache"));
  changes.remove_folder_if_empty(layout.private_dir());
  if (!changes.dry_run()) TRY(unregister_repository(layout.common_dir));
  return undone;
}

}  // namespace lfsguard::hooks
