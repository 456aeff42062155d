// Under the name git-lfs (a link that install.sh --as-git-lfs makes) the words are those of git-lfs: they go to the
// rows below `lfs`. Under the name git-lfs-transfer, which SSH servers are asked for, to the row of that name.
#include "cli/program.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "base/interrupt.h"
#include "base/version.h"
#include "cli/arguments.h"
#include "cli/context.h"
#include "cli/help_text.h"
#include "report/error_text.h"
#include "report/terminal.h"

namespace lfsguard::cli {
namespace {

bool under_git_lfs_name = false;

// git-lfs says 2 for what goes wrong, 127 for a command or flag that it does not know; 128 stays where there is no repository.
int git_lfs_code(int code, const Error& error) {
  if (code == 129) return 127;
  return code == 128 && error.what != "not a git repository" ? 2 : code;
}

// What git-lfs's own command line says of words that it does not know; empty for other errors.
std::string git_lfs_usage_text(const Error& error) {
  if (error.kind != ErrorKind::usage) return {};
  if (error.what == "no such command") return "Error: unknown command \"" + error.subject + "\" for \"git-lfs\"\nRun 'git-lfs --help' for usage.\n";
  if (error.what == "unknown flag") return "Error: unknown flag: " + error.subject + "\n\n";
  return {};
}

int report_error(const Error& error, report::ColorChoice choice) {
  if (const std::string text = under_git_lfs_name ? git_lfs_usage_text(error) : ""; !text.empty()) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    return report::exit_code(error.kind);
  }
  const std::string text = report::error_text(error, report::use_color(choice, 2));
  std::fwrite(text.data(), 1, text.size(), stderr);
  return report::exit_code(error.kind);
}

int print_and_leave(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 128;
}

Result<int> dispatch(const ParsedLine& parsed) {
  if (parsed.arguments.has("--version")) return print_and_leave(under_git_lfs_name ? git_lfs_version() : "lfsguard " + std::string(kVersion) + "\n");
  if (parsed.arguments.has("--help"))
    return print_and_leave(parsed.command ? command_help(*parsed.command, parsed.name) : program_help());
  if (under_git_lfs_name && parsed.command && !parsed.command->run) return print_and_leave(git_lfs_version() + command_help(*parsed.command, parsed.name));
  if (!parsed.command || !parsed.command->run)
    return fail(ErrorKind::usage, "no command was given", parsed.name,
                "lfsguard " + (parsed.name.empty() ? "" : parsed.name + " ") + "--help lists the commands");
  const auto context = TRY(Context::create(parsed));
  const int code = TRY(parsed.command->run(*context, parsed.arguments));
  TRY(context->flush());
  return code;
}

// Nothing that needs memory can be done any more. A run that ends here is finished or taken back by the next command, as one that was killed.
[[noreturn]] void give_up_for_memory() {
  static constexpr char kText[] = "lfsguard: there is not enough memory\nhint: a rewrite takes less with: git config lfsguard.rewrite.memory 256MiB\n";
  remove_temporary_files();
  if (::write(STDERR_FILENO, kText, sizeof kText - 1) < 0) ::_exit(128);
  ::_exit(128);
}

}  // namespace

bool answers_as_git_lfs() { return under_git_lfs_name; }

std::string git_lfs_version() { return "git-lfs/3.3.0 (lfsguard " + std::string(kVersion) + "; linux)\n"; }

int run_program(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // writes answer EPIPE; Context::flush turns that of stdout back into the signal
  catch_interrupts();
  std::set_new_handler(give_up_for_memory);
  std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::string invoked = argc > 0 ? argv[0] : "lfsguard";
  const std::string name = invoked.substr(invoked.rfind('/') + 1);
  under_git_lfs_name = name == "git-lfs";
  if (name == "git-lfs-transfer") words.insert(words.begin(), name);
  if (name == "git-lfs" || name == "git-lfs-transfer") words.insert(words.begin(), "lfs");

  const auto parsed = parse_line(words, all_commands());
  const auto report = [&](const Error& error, report::ColorChoice color) {
    const int code = report_error(error, color);
    return under_git_lfs_name ? git_lfs_code(code, error) : code;
  };
  if (!parsed) return report(parsed.error(), report::ColorChoice::automatic);
  auto code = dispatch(*parsed);
  if (code) return *code;
  if (code.error().kind == ErrorKind::usage && code.error().hint.empty() && !under_git_lfs_name)
    code.error().hint = "lfsguard " + (parsed->name.empty() ? "" : parsed->name + " ") + "--help";
  return report(code.error(), color_choice(parsed->arguments));
}

}  // namespace lfsguard::cli
