// Commands, flags and the values that flags allow; everything else is left to the shell's completion of file names.
#include "cli/help_text.h"

namespace lfsguard::cli {
namespace {

std::string words_of(std::string_view allowed) {
  std::string words(allowed);
  for (char& c : words)
    if (c == '|') c = ' ';
  return words;
}

std::string flag_words(std::span<const Option> options) {
  std::string words;
  for (const Option& option : options) words += (words.empty() ? "" : " ") + std::string(option.name);
  return words;
}

std::string command_words(std::span<const Command* const> commands) {
  std::string words;
  for (const Command* command : commands)
    if (!command->hidden) words += (words.empty() ? "" : " ") + std::string(command->name);
  return words;
}

// Inside single quotes of a POSIX shell (fish takes \' too, and reads '\'' the same way).
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

void flag_values(const Command& command, std::string& cases) {
  const auto add = [&](const Option& option, std::string_view allowed) {
    if (allowed.empty()) return;
    cases += "    '" + std::string(command.name) + ":" + std::string(option.name) + "') words='" + words_of(allowed) +
             "' ;;\n";
  };
  for (const Option& option : command.options) add(option, option.allowed);
  for (const Option& option : global_options())
    add(option, option.name == "--format" ? command.formats : option.allowed);
}

// Works in bash and, by bashcompinit, in zsh.
std::string bash_function() {
  std::string flags, values, nested;
  for (const Command* command : all_commands()) {
    if (!command->commands.empty())
      nested += "    " + std::string(command->name) + ") words='" + command_words(command->commands) + "' ;;\n";
  }
  for (const NamedCommand& named : runnable_commands()) {
    flags += "    '" + named.name + "') words='" + flag_words(named.command->options) + "' ;;\n";
    flag_values(*named.command, values);
  }
  return "_lfsguard() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words= command= last= word i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    case $word in\n"
         "      -C) ((++i)) ;;\n"
         "      -*) ;;\n"
         "      *) if [ -z \"$command\" ]; then command=$word; last=$word\n"
         "         elif [ \"$command\" = lfs ]; then command=\"lfs $word\"; last=$word; fi ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$last:$previous\" in\n" +
         values +
         "  esac\n"
         "  if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\")); return; fi\n"
         "  if [ -z \"$command\" ]; then words='" +
         command_words(all_commands()) +
         "'; fi\n"
         "  case \"$command\" in\n" +
         nested +
         "  esac\n"
         "  case \"$current\" in\n"
         "  -*)\n"
         "    words=\n"
         "    case \"$command\" in\n" +
         flags +
         "    esac\n"
         "    words=\"$words " +
         flag_words(global_options()) +
         "\" ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n";
}

std::string fish_script() {
  std::string script = "complete -c lfsguard -n __fish_use_subcommand -f\n";
  for (const Command* command : all_commands()) {
    if (command->hidden) continue;
    script += "complete -c lfsguard -n __fish_use_subcommand -a " + std::string(command->name) + " -d " +
              quoted(command->summary) + "\n";
  }
  for (const NamedCommand& named : runnable_commands()) {
    const size_t space = named.name.find(' ');
    std::string condition =
        "'__fish_seen_subcommand_from " + named.name.substr(space == std::string::npos ? 0 : space + 1) + "'";
    if (space != std::string::npos) {
      script += "complete -c lfsguard -n '__fish_seen_subcommand_from " + named.name.substr(0, space) + "' -a " +
                named.name.substr(space + 1) + " -d " + quoted(named.command->summary) + "\n";
    }
    for (const Option& option : named.command->options) {
      script += "complete -c lfsguard -n " + condition + " -l " + std::string(option.name.substr(2)) + " -d " +
                quoted(option.doc);
      if (!option.allowed.empty())
        script += " -x -a " + quoted(words_of(option.allowed));
      else if (!option.value.empty())
        script += " -r";
      script += "\n";
    }
  }
  for (const Option& option : global_options()) {
    script += "complete -c lfsguard ";
    script += option.name.starts_with("--") ? "-l " + std::string(option.name.substr(2))
                                            : "-s " + std::string(option.name.substr(1));
    script += " -d " + quoted(option.doc) + (option.value.empty() ? "\n" : " -r\n");
  }
  return script;
}

}  // namespace

std::string completion_script(Shell shell) {
  if (shell == Shell::fish) return fish_script();
  const std::string function = bash_function();
  if (shell == Shell::bash)
    return "# bash completion of lfsguard; git-lfsguard is the same program\n" + function +
           "complete -o bashdefault -o default -F _lfsguard lfsguard git-lfsguard\n";
  return "#compdef lfsguard git-lfsguard\nautoload -U +X bashcompinit && bashcompinit\n" + function +
         "complete -o bashdefault -o default -F _lfsguard lfsguard git-lfsguard\n";
}

}  // namespace lfsguard::cli
