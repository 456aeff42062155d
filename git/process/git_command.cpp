#include "git/process/git_command.h"

namespace lfsguard::git {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> items;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    items.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return items;
}

}  // namespace

Command git_command(std::vector<std::string> arguments, const std::string& directory) {
  Command command;
  command.arguments.reserve(arguments.size() + 1);
  command.arguments.emplace_back("git");
  for (std::string& argument : arguments) command.arguments.push_back(std::move(argument));
  command.directory = directory;
  command.environment = {"GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=/dev/null",
                         // "git --literal-pathspecs commit" hands its flag on to hooks; the pathspecs here are ours.
                         "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"};
  command.input = "";
  return command;
}

Result<std::string> git_output(const Command& command) {
  Completed completed = TRY(run(command));
  if (completed.status == 0) return std::move(completed.output);
  std::string verb;
  for (size_t i = 1; i < command.arguments.size() && verb.empty(); ++i) {
    if (command.arguments[i] == "-c" || command.arguments[i] == "-C") ++i;
    else if (command.arguments[i][0] != '-') verb = command.arguments[i];
  }
  Error error{ErrorKind::io, "git " + verb + " failed", command.directory, {}, {}};
  // Advice is for who typed the command, and GIT_GRAFT_FILE above gives some of its own.
  for (const std::string_view line : split_lines(completed.error_output))
    if (!line.starts_with("hint:")) error.causes.emplace_back(line);
  return fail(std::move(error));
}

Result<std::string> git_line(const Command& command) {
  std::string line = TRY(git_output(command));
  if (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

std::vector<std::string_view> split_nul(std::string_view text) { return split(text, '\0'); }
std::vector<std::string_view> split_lines(std::string_view text) { return split(text, '\n'); }

}  // namespace lfsguard::git
