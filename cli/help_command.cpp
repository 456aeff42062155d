#include "cli/context.h"
#include "cli/help_text.h"

namespace lfsguard::cli {
namespace {

Result<int> run(Context& context, const Arguments& arguments) {
  if (arguments.has("--man")) {
    context.print(man_page());
    return 0;
  }
  if (arguments.positional().empty()) {
    context.print(program_help());
    return 0;
  }
  // The words name a command as they would on its own command line.
  std::vector<std::string> words = arguments.positional();
  words.emplace_back("--help");  // so that its arguments are not asked for
  const ParsedLine parsed = TRY(parse_line(words, all_commands()));
  context.print(command_help(*parsed.command, parsed.name));
  return 0;
}

constexpr Option kOptions[] = {{"--man", "", "the manual page, in roff (lfsguard help --man | man -l -)"}};

}  // namespace

extern constinit const Command kHelpCommand{
    .name = "help",
    .summary = "tell of the program or of one command",
    .arguments = "[COMMAND]",
    .options = kOptions,
    .run = run,
};

}  // namespace lfsguard::cli
