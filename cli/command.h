// The table that the whole command line is made from: parser, help, man page and completion read these rows and nothing
// else.
//
// A command is one file, cli/<name>_command.cpp, that defines one `constinit const Command`; cli/commands.cpp lists the
// rows. Rows hold string views of literals and spans of static arrays only, so that nothing runs before main.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"

namespace lfsguard::cli {

class Context;
class Arguments;

struct Option {
  std::string_view name;   // "--above"
  std::string_view value;  // how help calls its value: "SIZE". Empty: a switch. "[RUN]": the value may be left out
  std::string_view doc;    // one sentence without its full stop
  char letter = 0;         // 'q' for -q as well
  enum class Times {
    once,      // the last one wins
    repeated,  // each one counts
    list,      // as repeated, and one flag takes every word up to the next flag
  } times = Times::once;
  std::string_view allowed = {};  // "fix|block|warn": any other value is a usage error
};

struct Command {
  std::string_view name;
  std::string_view summary;         // one line, no full stop
  std::string_view arguments = {};  // what stands behind the flags in the usage line: "[-- PATHSPEC...]"
  std::span<const Option> options = {};
  std::string_view details = {};      // paragraphs for help and man page
  std::string_view formats = "text";  // what --format may be, the first is the default: "text|json"
  size_t fewest = 0;                  // positional arguments
  size_t most = SIZE_MAX;
  bool options_end_at_first_argument = false;     // what follows belongs to another program
  bool hidden = false;                            // not in lists
  std::span<const Command* const> commands = {};  // nested: `lfsguard lfs push`
  // The exit code (0, 1 findings, 2 partly done), or an error that is printed and turned into 128, 129 or 130.
  Result<int> (*run)(Context& context, const Arguments& arguments) = nullptr;
};

// Flags that every command knows, before or after its name. A command's own flag of the same name or letter goes first.
std::span<const Option> global_options();

// The rows of cli/commands.cpp.
std::span<const Command* const> all_commands();

}  // namespace lfsguard::cli
