#include "cli/context.h"
#include "cli/help_text.h"

namespace lfsguard::cli {
namespace {

Result<int> run(Context& context, const Arguments& arguments) {
  const std::string& shell = arguments.positional()[0];
  if (shell == "bash") {
    context.print(completion_script(Shell::bash));
  } else if (shell == "zsh") {
    context.print(completion_script(Shell::zsh));
  } else if (shell == "fish") {
    context.print(completion_script(Shell::fish));
  } else {
    return fail(ErrorKind::usage, "no completion for this shell", shell, "allowed: bash, zsh, fish");
  }
  return 0;
}

}  // namespace

extern constinit const Command kCompletionCommand{
    .name = "completion",
    .summary = "print the completion script of a shell",
    .arguments = "bash|zsh|fish",
    .details = "For bash: lfsguard completion bash > ~/.local/share/bash-completion/completions/lfsguard",
    .fewest = 1,
    .most = 1,
    .run = run,
};

}  // namespace lfsguard::cli
