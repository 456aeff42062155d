#include "cli/help_text.h"

#include <algorithm>

namespace lfsguard::cli {
namespace {

constexpr size_t kWidth = 80;

// Breaks at spaces; lines after the first begin at column `indent`; `column` is where the first one stands.
std::string wrapped(std::string_view text, size_t indent, size_t column) {
  std::string result;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + word.size() > kWidth) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    result += word;
    column += word.size();
    const bool line_ends = end < text.size() && text[end] == '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line_ends) {
      result += "\n";
      if (!text.empty() && text[0] != '\n') result += std::string(indent, ' ');
      column = indent;
    } else if (!text.empty()) {
      result += ' ';
      ++column;
    }
  }
  return result;
}

std::string left_side(const Option& option) {
  std::string text = "  ";
  // -C has no long name.
  text += option.letter && option.name.size() > 2 ? std::string("-") + option.letter + ", " : "    ";
  text += option.name;
  if (!option.value.empty()) text += " " + std::string(option.value);
  if (option.times == Option::Times::list) text += "...";
  return text;
}

std::string option_lines(std::span<const Option> options) {
  constexpr size_t kColumn = 30;
  std::string text;
  for (const Option& option : options) {
    std::string line = left_side(option);
    if (line.size() + 2 > kColumn)
      line += "\n" + std::string(kColumn, ' ');
    else
      line.resize(kColumn, ' ');
    std::string doc(option.doc);
    if (!option.allowed.empty()) {
      std::string allowed;
      for (const char c : option.allowed) allowed += c == '|' ? std::string(", ") : std::string(1, c);
      doc += " (" + allowed + ")";
    }
    if (option.times == Option::Times::repeated) doc += "; may be repeated";
    text += line + wrapped(doc, kColumn, kColumn) + "\n";
  }
  return text;
}

std::string command_lines(std::span<const Command* const> commands) {
  constexpr size_t kColumn = 18;
  std::string text;
  for (const Command* command : commands) {
    if (command->hidden) continue;
    std::string line = "  " + std::string(command->name);
    line.resize(std::max(kColumn, line.size() + 2), ' ');
    text += line + wrapped(command->summary, kColumn, line.size()) + "\n";
  }
  return text;
}

void collect(std::span<const Command* const> commands, const std::string& prefix, std::vector<NamedCommand>& all) {
  for (const Command* command : commands) {
    if (command->hidden) continue;
    const std::string name = prefix + std::string(command->name);
    if (command->run) all.push_back({name, command});
    collect(command->commands, name + " ", all);
  }
}

}  // namespace

std::vector<NamedCommand> runnable_commands() {
  std::vector<NamedCommand> all;
  collect(all_commands(), "", all);
  return all;
}

std::string program_help() {
  return "lfsguard keeps big files out of git history, and gets them out again.\n"
         "\n"
         "usage: lfsguard [FLAGS] COMMAND [ARGUMENTS]\n"
         "\n"
         "commands:\n" +
         command_lines(all_commands()) +
         "\n"
         "flags of every command:\n" +
         option_lines(global_options()) +
         "\n"
         "lfsguard COMMAND --help tells more of one command.\n"
         "Exit codes: 0 fine, 1 findings, 2 partly done, 128 fatal, 129 usage, 130 interrupted.\n";
}

std::string command_help(const Command& command, std::string_view name) {
  std::string text = "lfsguard " + std::string(name) + ": " + std::string(command.summary) + "\n\nusage: lfsguard " +
                     std::string(name);
  if (!command.options.empty()) text += " [FLAGS]";
  if (!command.commands.empty()) text += command.run ? " [COMMAND]" : " COMMAND";
  if (!command.arguments.empty()) text += " " + std::string(command.arguments);
  text += "\n";
  if (!command.details.empty()) text += "\n" + wrapped(command.details, 0, 0) + "\n";
  if (!command.commands.empty()) text += "\ncommands:\n" + command_lines(command.commands);
  if (!command.options.empty()) text += "\nflags:\n" + option_lines(command.options);
  text += "\nflags of every command:\n" + option_lines(global_options());
  if (command.formats != "text") {
    std::string formats;
    for (const char c : command.formats) formats += c == '|' ? std::string(", ") : std::string(1, c);
    text += "\nformats: " + formats + "\n";
  }
  return text;
}

}  // namespace lfsguard::cli
