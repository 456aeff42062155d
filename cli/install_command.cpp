// `lfsguard install` and `lfsguard uninstall`: hooks, filters and settings, once the program itself is there.
#include <algorithm>
#include <cstdlib>

#include "cli/context.h"
#include "config/key_table.h"
#include "hooks/install_check.h"
#include "hooks/install_global.h"
#include "hooks/install_registry.h"
#include "hooks/install_repository.h"

namespace lfsguard::cli {
namespace {

struct Target {
  enum class Kind { repository, server, global, template_folder } kind = Kind::repository;
  std::string folder;
};

Result<std::vector<Target>> targets_of(const Arguments& arguments) {
  using Kind = Target::Kind;
  std::vector<Target> targets;
  for (const std::string& folder : arguments.values("--repo")) targets.push_back({Kind::repository, folder});
  for (const std::string& folder : arguments.positional()) targets.push_back({Kind::repository, folder});
  for (const std::string& folder : arguments.values("--server")) targets.push_back({Kind::server, folder});
  if (arguments.has("--global")) targets.push_back({Kind::global, ""});
  for (const std::string& folder : arguments.values("--template")) targets.push_back({Kind::template_folder, folder});
  if (targets.empty()) targets.push_back({Kind::repository, "."});
  return targets;
}

Result<hooks::InstallOptions> options_of(const Arguments& arguments) {
  hooks::InstallOptions options;
  options.programs = {Context::program_path(), Context::hook_program_path()};
  options.keep_filters = arguments.has("--keep-filters");
  for (const char* name : {"mode", "threshold", "profile"}) {
    const auto value = arguments.value("--" + std::string(name));
    if (!value) continue;
    const config::Key& key = *config::key_named(name);
    auto complaint = config::complaint_about(key, *value);
    if (!complaint && key.type == config::KeyType::profile && *value != "auto" && !config::profile_named(*value))
      complaint = "there is no profile \"" + *value + "\"";
    if (complaint) {
      std::string allowed = config::allowed_values(key);
      if (key.type == config::KeyType::profile) {
        allowed = "auto";
        for (const config::HostProfile& profile : config::all_profiles()) allowed += ", " + profile.name;
      }
      return fail(ErrorKind::usage, "this value is not allowed", "--" + std::string(name) + " " + *value,
                  "allowed: " + allowed);
    }
    options.settings.emplace_back(name, *value);
  }
  return options;
}

std::string absolute(const std::string& folder) {
  if (folder.empty() || folder.starts_with('/')) return folder;
  char* here = ::realpath(".", nullptr);
  const std::string path = here ? std::string(here) + "/" + folder : folder;
  std::free(here);
  return path;
}

Result<hooks::Undone> act_on(const Target& target, bool install, hooks::Changes& changes,
                             hooks::InstallOptions options) {
  using Kind = Target::Kind;
  if (target.kind == Kind::global || target.kind == Kind::template_folder) {
    const config::GitConfig config = TRY(config::GitConfig::read("/"));
    const std::string folder = absolute(target.folder);
    if (target.kind == Kind::global)
      return install ? hooks::install_globally(changes, config, options)
                     : hooks::uninstall_globally(changes, config, options);
    return install ? hooks::install_template(changes, config, folder, options)
                   : hooks::uninstall_template(changes, config, folder, options);
  }
  const git::RepositoryLayout layout = TRY(git::discover_repository(target.folder));
  const config::GitConfig config =
      TRY(config::GitConfig::read(layout.work_tree.empty() ? layout.git_dir : layout.work_tree));
  options.server = target.kind == Kind::server;
  if (options.server && !layout.bare)
    return fail(
        ErrorKind::usage, "this is no bare repository", target.folder,
        "--server is for the repository that is pushed to; without it: lfsguard install --repo " + target.folder);
  return install ? hooks::install_in_repository(changes, layout, config, options)
                 : hooks::uninstall_from_repository(changes, layout, config, options);
}

Result<int> run(Context& context, const Arguments& arguments, bool install) {
  const auto options = TRY(options_of(arguments));
  hooks::Changes changes(arguments.has("--dry-run"),
                         [&](std::string_view line) { context.print(std::string(line) + "\n"); });
  std::vector<std::string> undone;
  auto targets = TRY(targets_of(arguments));
  if (!install) std::reverse(targets.begin(), targets.end());  // what may have been changed last is taken back first
  for (const Target& target : targets) {
    auto left = act_on(target, install, changes, options);
    if (!left && targets.size() == 1) return fail(std::move(left.error()));
    if (!left) {
      context.complain(left.error());
      undone.push_back((install ? "not installed: " : "not uninstalled: ") + target.folder);
      continue;
    }
    undone.insert(undone.end(), left->begin(), left->end());
  }
  if (changes.count() == 0 && undone.empty()) context.print("nothing to change\n");
  if (install && !changes.dry_run() && !arguments.has("--no-check")) {
    if (const auto checked = hooks::check_installation(options.programs); !checked) return fail(checked.error());
    context.print(
        "self-test: a commit over the limit was stopped, a small one passed, a scan of nothing found nothing\n");
  }
  if (undone.empty()) return 0;
  TRY(context.flush());
  context.warn("not done:");
  for (const std::string& line : undone) context.complain_line(line);
  return 2;
}

Result<int> run_install(Context& context, const Arguments& arguments) { return run(context, arguments, true); }

Result<int> run_uninstall(Context& context, const Arguments& arguments) {
  if (!arguments.has("--list")) return run(context, arguments, false);
  for (const std::string& repository : TRY(hooks::registered_repositories())) context.print(repository + "\n");
  return 0;
}

constexpr Option kInstallOptions[] = {
    {"--repo", "DIR", "that repository (without any of these: the one here)", 0, Option::Times::list},
    {"--global", "", "every repository of this user"},
    {"--template", "[DIR]",
     "a template folder for new repositories; without DIR one of lfsguard's own, and init.templateDir is set to it"},
    {"--server", "DIR", "pre-receive in a bare repository that is pushed to", 0, Option::Times::list},
    {"--mode", "MODE", "what pre-commit does, written to the repository's git config", 0, Option::Times::once,
     "fix|block|warn"},
    {"--threshold", "SIZE", "at or above it a file must be in LFS, written to the repository's git config"},
    {"--profile", "NAME", "the host's rules, written to the repository's git config"},
    {"--no-check", "", "no self-test afterwards"},
    {"--dry-run", "", "say what would be changed, change nothing"},
};
constexpr Option kUninstallOptions[] = {
    {"--repo", "DIR", "that repository (without any of these: the one here)", 0, Option::Times::list},
    {"--global", "", "every repository of this user"},
    {"--template", "[DIR]", "a template folder"},
    {"--server", "DIR", "a bare repository that is pushed to", 0, Option::Times::list},
    {"--keep-filters", "", "leave filter.lfs.* as they are"},
    {"--list", "", "only list the repositories that have hooks of lfsguard"},
    {"--dry-run", "", "say what would be changed, change nothing"},
};

}  // namespace

extern constinit const Command kInstallCommand{
    .name = "install",
    .summary = "put hooks and filters into a repository",
    .arguments = "[DIR...]",
    .options = kInstallOptions,
    .details =
        "A hook that was there before is kept and run first. Each change is printed on a line of its own; a second run "
        "changes nothing. "
        "Where core.hooksPath names a folder that belongs to others (husky, lefthook, a team's own), nothing is "
        "written there: the lines to "
        "add to its own configuration are printed, and the exit code is 2.",
    .run = run_install,
};

extern constinit const Command kUninstallCommand{
    .name = "uninstall",
    .summary = "take them out; what was there before comes back",
    .arguments = "[DIR...]",
    .options = kUninstallOptions,
    .run = run_uninstall,
};

}  // namespace lfsguard::cli
