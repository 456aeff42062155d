// `git lfs install|uninstall|update|logs|ext|help` for hands and scripts that know them: this program under git-lfs's name sets what git-lfs would set, so that
// either of the two can follow the other. Under its own name `lfsguard install` is what is meant, and these rows answer so.
//
// What lfsguard's own installer has put in place (stubs, filters with the program's path) is left as it is: it does the same and more.
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "base/durable_file.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/help_text.h"
#include "cli/program.h"
#include "git/process/git_command.h"
#include "hooks/install_place.h"
#include "hooks/install_stub.h"

namespace lfsguard::cli {

extern const Command kLfsCommand;

namespace {

constexpr const char* kHooks[] = {"pre-push", "post-checkout", "post-commit", "post-merge"};

Status only_under_the_name(const char* instead) {
  if (answers_as_git_lfs()) return {};
  return fail(ErrorKind::usage, "this command is there under the name git-lfs alone", "", instead);
}

std::string hook_text(const std::string& name) {
  return "#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { echo >&2 \"\\nThis repository is configured for Git LFS but 'git-lfs' was not found on your path. If you no "
         "longer wish to use Git LFS, remove this hook by deleting '.git/hooks/" + name + "'.\\n\"; exit 2; }\ngit lfs " + name + " \"$@\"\n";
}

// A hook that git-lfs wrote, of this version or an older one: a shell script that does nothing but call it.
bool is_hook_of_git_lfs(const std::string& text, const std::string& name) {
  size_t lines = 0;
  for (const std::string_view line : git::split_lines(text)) lines += line.empty() ? 0 : 1;
  return text.starts_with("#!/bin/sh") && lines <= 3 && text.find("git lfs " + name) != std::string::npos;
}

std::string indented(const std::string& text) {
  std::string out;
  for (const std::string_view line : git::split_lines(text)) out.append("\t").append(line).append("\n");
  return out;
}

Result<std::string> hook_folder(Context& context) {
  const config::GitConfig* config = TRY(context.git_config());
  return TRY(hooks::hook_place(*TRY(context.repository()), *config)).folder;
}

// What stands at a hook's place; nullopt where there is none.
Result<std::optional<std::string>> hook_at(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return std::optional<std::string>();
  return std::optional(TRY(read_file(path)));
}

std::string manual_text() {
  std::string text;
  for (const char* name : kHooks) text += (text.empty() ? "" : "\n") + std::string("Add the following to '.git/hooks/") + name + "':\n\n" + indented(hook_text(name));
  return text;
}

// The exit code: 2 where somebody else's hook stands in the way.
Result<int> write_hooks(Context& context, bool force) {
  const std::string folder = TRY(hook_folder(context));
  TRY(make_directories(folder));
  for (const char* name : kHooks) {
    const std::string path = folder + "/" + name;
    const auto known = TRY(hook_at(path));
    if (known && hooks::stub_facts(*known)) continue;
    if (known && !force && !known->empty() && !is_hook_of_git_lfs(*known, name)) {
      context.complain_line("Hook already exists: " + std::string(name) + "\n\n" + indented(*known) +
                            "\nTo resolve this, either:\n  1: run `git lfs update --manual` for instructions on how to merge hooks.\n"
                            "  2: run `git lfs update --force` to overwrite your hook.");
      return 2;
    }
    TRY(replace_file_durably(path, hook_text(name), 0777));
    if (::chmod(path.c_str(), 0755) != 0) return fail(errno_error("cannot make the hook executable", path));
  }
  context.print("Updated Git hooks.\n");
  return 0;
}

Status remove_hooks(Context& context) {
  const std::string folder = TRY(hook_folder(context));
  for (const char* name : kHooks) {
    const std::string path = folder + "/" + name;
    const auto known = TRY(hook_at(path));
    if (!known || !is_hook_of_git_lfs(*known, name)) continue;
    if (::unlink(path.c_str()) != 0) return fail(errno_error("cannot remove the hook", path));
  }
  context.print("Hooks for this repository have been removed.\n");
  return {};
}

struct Scope {
  std::string flag;  // of git config
  bool of_repository = false;
};

Scope scope_of(const Arguments& arguments) {
  for (const char* flag : {"--local", "--worktree", "--system"})
    if (arguments.has(flag)) return {flag, std::string_view(flag) != "--system"};
  return {"--global", false};
}

// No repository: what git-lfs says then.
Result<bool> outside_of_repositories(Context& context, bool needed) {
  if (TRY(context.repository_if_any())) return false;
  if (needed) context.print("Not in a Git repository.\n");
  return true;
}

// The exit code: 2 where another value stands there and may not be replaced.
Result<int> write_filters(Context& context, const Scope& scope, bool force, bool skip_smudge) {
  const std::string skip = skip_smudge ? " --skip" : "";
  const std::pair<const char*, std::string> values[] = {{"filter.lfs.clean", "git-lfs clean -- %f"},
                                                        {"filter.lfs.smudge", "git-lfs smudge" + skip + " -- %f"},
                                                        {"filter.lfs.process", "git-lfs filter-process" + skip},
                                                        {"filter.lfs.required", "true"}};
  for (const auto& [key, value] : values) {
    const Completed known = TRY(run(git::git_command({"config", scope.flag, "--get", key})));
    const std::string_view text = std::string_view(known.output).substr(0, known.output.find('\n'));
    const bool ours = text.find("lfsguard lfs ") != std::string_view::npos;
    if (text == value || (ours && !force)) continue;
    if (known.status == 0 && !force && !text.empty() && !text.starts_with("git-lfs ")) {
      context.print("warning: the \"" + std::string(key) + "\" attribute should be \"" + value + "\" but is \"" + std::string(text) +
                    "\"\nRun `git lfs install --force` to reset Git configuration.\n");
      return 2;
    }
    TRY(git::git_output(git::git_command({"config", scope.flag, "--replace-all", key, value})));
  }
  return 0;
}

Result<int> run_install(Context& context, const Arguments& arguments) {
  TRY(only_under_the_name("lfsguard install"));
  const Scope scope = scope_of(arguments);
  const bool outside = TRY(outside_of_repositories(context, scope.of_repository));
  if (outside && scope.of_repository) return 128;
  if (const int code = TRY(write_filters(context, scope, arguments.has("--force"), arguments.has("--skip-smudge"))); code != 0) return code;
  if (!outside && !arguments.has("--skip-repo")) {
    if (arguments.has("--manual"))
      context.print(manual_text());
    else if (const int code = TRY(write_hooks(context, arguments.has("--force"))); code != 0)
      return code;
  }
  context.print("Git LFS initialized.\n");
  return 0;
}

Result<int> run_update(Context& context, const Arguments& arguments) {
  TRY(only_under_the_name("lfsguard install"));
  if (TRY(outside_of_repositories(context, true))) return 128;
  if (!arguments.has("--manual")) return TRY(write_hooks(context, arguments.has("--force")));
  context.print(manual_text());
  return 0;
}

Result<int> run_uninstall(Context& context, const Arguments& arguments) {
  TRY(only_under_the_name("lfsguard uninstall"));
  const Scope scope = scope_of(arguments);
  const bool outside = TRY(outside_of_repositories(context, scope.of_repository));
  if (outside && scope.of_repository) return 128;
  const Completed removed = TRY(run(git::git_command({"config", scope.flag, "--remove-section", "filter.lfs"})));
  if (removed.status != 0 && scope.flag == "--global") context.print("warning: there are no filters of Git LFS in the global configuration\n");
  if (!outside && !arguments.has("--skip-repo")) TRY(remove_hooks(context));
  if (scope.flag == "--global") context.print("Global Git LFS configuration has been removed.\n");
  if (scope.flag == "--system") context.print("System Git LFS configuration has been removed.\n");
  return 0;
}

// Errors are printed whole where they happen: there is no log to look at.
Result<int> run_logs(Context& context, const Arguments& arguments) {
  TRY(only_under_the_name("LFSGUARD_TRACE=FILE writes a trace"));
  if (!arguments.positional().empty()) context.print("No logs to show\n");
  return 0;
}

Result<int> run_extensions(Context& context, const Arguments&) {
  TRY(only_under_the_name("git config --get-regexp '^lfs\\.extension\\.'"));
  const config::GitConfig* config = TRY(context.git_config());
  for (const config::GitConfig::Entry& entry : config->entries()) {
    constexpr std::string_view kStart = "lfs.extension.", kEnd = ".clean";
    if (!entry.key.starts_with(kStart) || !entry.key.ends_with(kEnd)) continue;
    const std::string name = entry.key.substr(kStart.size(), entry.key.size() - kStart.size() - kEnd.size());
    const std::string base = std::string(kStart) + name + ".";
    context.print("Extension: " + name + "\n    clean = " + entry.value + "\n    smudge = " + config->get(base + "smudge").value_or("") +
                  "\n    priority = " + config->get(base + "priority").value_or("0") + "\n");
  }
  return 0;
}

Result<int> run_help(Context& context, const Arguments& arguments) {
  TRY(only_under_the_name("lfsguard lfs --help"));
  if (arguments.positional().empty()) {
    context.print(command_help(kLfsCommand, "lfs"));
    return 0;
  }
  const std::string& name = arguments.positional().front();
  for (const Command* command : kLfsCommand.commands) {
    if (command->name != name) continue;
    context.print(command_help(*command, "lfs " + name));
    return 0;
  }
  context.print("Sorry, no usage text found for \"" + name + "\"\n");
  return 0;
}

constexpr Option kInstallOptions[] = {
    {"--force", "", "replace other values and hooks", 'f'},
    {"--local", "", "in the repository's configuration", 'l'},
    {"--worktree", "", "in the work tree's configuration", 'w'},
    {"--system", "", "in the system's configuration"},
    {"--manual", "", "print the hooks to be added by hand", 'm'},
    {"--skip-smudge", "", "checkouts leave pointers", 's'},
    {"--skip-repo", "", "no hooks in this repository"},
};
constexpr Option kUninstallOptions[] = {
    {"--local", "", "from the repository's configuration", 'l'},
    {"--worktree", "", "from the work tree's configuration", 'w'},
    {"--system", "", "from the system's configuration"},
    {"--skip-repo", "", "leave this repository's hooks"},
};
constexpr Option kUpdateOptions[] = {
    {"--force", "", "replace other hooks", 'f'},
    {"--manual", "", "print the hooks to be added by hand", 'm'},
};

}  // namespace

extern constinit const Command kLfsInstallCommand{
    .name = "install", .summary = "filters and hooks as git-lfs sets them (under the name git-lfs)", .options = kInstallOptions, .most = 0, .hidden = true, .run = run_install};
extern constinit const Command kLfsUninstallCommand{
    .name = "uninstall", .summary = "take them out (under the name git-lfs)", .options = kUninstallOptions, .most = 0, .hidden = true, .run = run_uninstall};
extern constinit const Command kLfsUpdateCommand{
    .name = "update", .summary = "hooks as git-lfs sets them (under the name git-lfs)", .options = kUpdateOptions, .most = 0, .hidden = true, .run = run_update};
extern constinit const Command kLfsLogsCommand{
    .name = "logs", .summary = "there are none: errors are printed whole (under the name git-lfs)", .arguments = "[last|show NAME|clear]", .hidden = true, .run = run_logs};
extern constinit const Command kLfsExtCommand{
    .name = "ext", .summary = "configured extensions (under the name git-lfs)", .arguments = "[list [NAME...]]", .hidden = true, .run = run_extensions};
extern constinit const Command kLfsHelpCommand{
    .name = "help", .summary = "tell of the client or of one command (under the name git-lfs)", .arguments = "[COMMAND]", .most = 1, .hidden = true, .run = run_help};

}  // namespace lfsguard::cli
