#include "hooks/install_global.h"

#include <unistd.h>

#include <cstdlib>

#include "base/durable_file.h"
#include "git/process/installed_git.h"
#include "hooks/install_place.h"
#include "hooks/install_record.h"
#include "hooks/install_registry.h"
#include "hooks/install_stub.h"

namespace lfsguard::hooks {
namespace {

std::string hook_key(std::string_view name, const char* part) {
  return "hook.lfsguard-" + std::string(name) + "." + part;
}

Status need_data_folder() {
  if (!data_folder().empty()) return {};
  return fail(ErrorKind::not_found, "there is no home folder", "HOME",
              "set HOME, or install in single repositories: lfsguard install --repo DIR");
}

std::string global_record() { return data_folder() + "/install"; }
std::string own_template() { return data_folder() + "/template"; }
std::string template_record(const std::string& folder) {
  return folder == own_template() ? data_folder() + "/install-template" : std::string();
}

}  // namespace

std::string global_config_file() {
  if (const char* given = std::getenv("GIT_CONFIG_GLOBAL"); given && *given) return given;
  const char* home = std::getenv("HOME");
  const std::string plain = std::string(home ? home : "") + "/.gitconfig";
  if (::access(plain.c_str(), F_OK) == 0) return plain;
  const char* config_home = std::getenv("XDG_CONFIG_HOME");
  const std::string xdg =
      (config_home && *config_home ? std::string(config_home) : std::string(home ? home : "") + "/.config") +
      "/git/config";
  return ::access(xdg.c_str(), F_OK) == 0 ? xdg : plain;
}

Result<bool> git_has_config_hooks() {
  if (git::installed_git().text.empty()) return fail(ErrorKind::io, "git does not tell its version", "git version", "install git, or put it on PATH");
  return git::installed_git().at_least(2, 54);
}

Result<Undone> install_globally(Changes& changes, const config::GitConfig& config, const InstallOptions& options) {
  TRY(need_data_folder());
  Undone undone;
  InstallRecord record = TRY(InstallRecord::load(global_record()));
  std::vector<std::pair<std::string, std::string>> settings;
  if (TRY(git_has_config_hooks())) {
    for (const std::string_view name : kClientHooks) {
      const std::string path = configured_folder() + "/" + std::string(name);
      TRY(changes.write_file(path, stub_text(StubKind::configured, name, options.programs.hook), true));
      // The command first: git refuses to work where an event has none.
      settings.emplace_back(hook_key(name, "command"), shell_quoted(path));
      settings.emplace_back(hook_key(name, "event"), std::string(name));
    }
  } else {
    const auto* there = config.find("core.hookspath");
    if (there && there->value != everywhere_folder()) {
      undone.push_back("hooks: core.hooksPath (" + there->scope + ") is " + there->value +
                       " already; nothing was written there. Add to its hooks:");
      for (const std::string_view name : kClientHooks)
        undone.push_back("  " + there->value + "/" + std::string(name) + ": lfsguard hook " + std::string(name) +
                         " \"$@\"");
    } else {
      for (const std::string_view name : all_hook_names())
        TRY(changes.write_file(everywhere_folder() + "/" + std::string(name),
                               stub_text(StubKind::everywhere, name, options.programs.hook), true));
      settings.emplace_back("core.hooksPath", everywhere_folder());
    }
  }
  const FilterState filters = filter_state(config);
  if (filters.owner == FilterOwner::none || filters.owner == FilterOwner::lfsguard || !filters.works) {
    for (auto& setting : filter_settings(options.programs.lfsguard)) settings.push_back(std::move(setting));
  } else {
    changes.note("filters: left to git-lfs, which owns them (" + filters.scope + ")");
  }
  for (const auto& [key, value] : options.settings) settings.emplace_back("lfsguard." + key, value);
  TRY(record.set_config(changes, global_config_file(), settings));
  if (!changes.dry_run()) TRY(record.save());
  return undone;
}

Result<Undone> uninstall_globally(Changes& changes, const config::GitConfig& config, const InstallOptions& options) {
  (void)config;
  TRY(need_data_folder());
  const InstallRecord record = TRY(InstallRecord::load(global_record()));
  const std::string file = global_config_file();
  // The events go first, for git refuses to work where an event has no command.
  if (!changes.dry_run()) {
    const auto left = TRY(bytes_of_file(record.folder() + "/config.after"));
    if (left != TRY(bytes_of_file(file)))
      for (const std::string_view name : kClientHooks) TRY(changes.unset_config(file, hook_key(name, "event")));
  }
  TRY(record.restore_config(changes, file, options.keep_filters ? "filter." : ""));
  TRY(changes.remove_tree(everywhere_folder()));
  TRY(changes.remove_tree(configured_folder()));
  TRY(changes.remove_tree(record.folder()));
  changes.remove_folder_if_empty(data_folder());
  return Undone{};
}

Result<Undone> install_template(Changes& changes, const config::GitConfig& config, std::string folder,
                                const InstallOptions& options) {
  const bool own = folder.empty();
  if (own) {
    TRY(need_data_folder());
    folder = own_template();
    const auto* there = config.find("init.templatedir");
    if (there && there->value != folder)
      return Undone{"template: init.templateDir (" + there->scope + ") is " + there->value +
                    " already; run lfsguard install --template " + there->value};
  }
  TRY(write_client_stubs(changes, folder + "/hooks", options.programs));
  if (own)
    TRY(changes.write_file(folder + "/info/exclude",
                           "# Patterns of files that git leaves alone in this repository only.\n", false));
  // git init copies the template's configuration before it adds its own keys.
  std::vector<std::pair<std::string, std::string>> settings = filter_settings(options.programs.lfsguard);
  const FilterState filters = filter_state(config);
  if (filters.owner == FilterOwner::git_lfs && filters.works) {
    changes.note("filters: left to git-lfs, which owns them (" + filters.scope + ")");
    settings.clear();
  }
  for (const auto& [key, value] : options.settings) settings.emplace_back("lfsguard." + key, value);
  for (const auto& [key, value] : settings) TRY(changes.set_config(folder + "/config", key, value));
  if (own) {
    InstallRecord record = TRY(InstallRecord::load(template_record(folder)));
    TRY(record.set_config(changes, global_config_file(), {{"init.templateDir", folder}}));
    if (!changes.dry_run()) TRY(record.save());
  }
  return Undone{};
}

Result<Undone> uninstall_template(Changes& changes, const config::GitConfig&, std::string folder,
                                  const InstallOptions& options) {
  if (folder.empty()) {
    TRY(need_data_folder());
    folder = own_template();
    const InstallRecord record = TRY(InstallRecord::load(template_record(folder)));
    TRY(record.restore_config(changes, global_config_file()));
    TRY(changes.remove_tree(folder));
    TRY(changes.remove_tree(record.folder()));
    changes.remove_folder_if_empty(data_folder());
    return Undone{};
  }
  for (const std::string_view name : kClientHooks) {
    const std::string path = folder + "/hooks/" + std::string(name);
    const auto text = TRY(bytes_of_file(path));
    if (text && stub_facts(*text)) TRY(changes.remove(path));
  }
  changes.remove_folder_if_empty(folder + "/hooks");
  if (!options.keep_filters) {
    const std::string file = folder + "/config";
    for (const auto& [key, value] : filter_settings(options.programs.lfsguard)) {
      const auto values = TRY(config_values(file, key));
      if (values.size() == 1 && values[0] == value) TRY(changes.unset_config(file, key));
    }
    if (const auto bytes = TRY(bytes_of_file(file)); bytes && bytes->find_first_not_of(" \t\n") == std::string::npos)
      TRY(changes.remove(file));
  }
  return Undone{};
}

}  // namespace lfsguard::hooks
