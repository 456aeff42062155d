// Help, man page and shell completion: three renderings of the command table (cli/command.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace lfsguard::cli {

// All commands, one a line.
std::string program_help();
// `name` is the command's full name: "lfs push".
std::string command_help(const Command& command, std::string_view name);

// roff for man(1): the program with all of its commands.
std::string man_page();

enum class Shell { bash, zsh, fish };
std::string completion_script(Shell shell);

// Every command that can be run, nested ones by their full name ("lfs push"), hidden ones left out.
struct NamedCommand {
  std::string name;
  const Command* command;
};
std::vector<NamedCommand> runnable_commands();

}  // namespace lfsguard::cli
