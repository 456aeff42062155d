#include "base/version.h"
#include "cli/help_text.h"

namespace lfsguard::cli {
namespace {

// Text as roff takes it literally: backslashes and dashes escaped, no line begins with a control character.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n'))
      result += std::string("\\&") + c;
    else
      result += c;
  }
  return result;
}

// An empty line between paragraphs is .PP.
std::string paragraphs(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t end = text.find("\n\n");
    result += roff(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    result += ".PP\n";
    text.remove_prefix(end + 2);
  }
  return result;
}

std::string options(std::span<const Option> all) {
  std::string result;
  for (const Option& option : all) {
    result += ".TP\n\\fB";
    if (option.letter && option.name.size() > 2) result += std::string("\\-") + option.letter + "\\fR, \\fB";
    result += roff(option.name) + "\\fR";
    if (!option.value.empty()) result += " \\fI" + roff(option.value) + "\\fR";
    result += "\n" + roff(option.doc);
    if (!option.allowed.empty()) result += " (" + roff(option.allowed) + ")";
    result += ".\n";
  }
  return result;
}

}  // namespace

std::string man_page() {
  std::string page = ".TH LFSGUARD 1 \"\" \"lfsguard " + std::string(kVersion) + "\" \"lfsguard\"\n";
  page += ".SH NAME\nlfsguard \\- keeps big files out of git history, and gets them out again\n";
  page += ".SH SYNOPSIS\n.B lfsguard\n[FLAGS] COMMAND [ARGUMENTS]\n.br\n.B git lfsguard\nCOMMAND [ARGUMENTS]\n";
  page += ".SH COMMANDS\n";
  for (const NamedCommand& named : runnable_commands()) {
    page += ".SS \"lfsguard " + roff(named.name);
    if (!named.command->arguments.empty()) page += " " + roff(named.command->arguments);
    page += "\"\n" + roff(named.command->summary) + ".\n";
    if (!named.command->details.empty()) page += ".PP\n" + paragraphs(named.command->details);
    page += options(named.command->options);
  }
  page += ".SH \"FLAGS OF EVERY COMMAND\"\n" + options(global_options());
  page += ".SH \"EXIT STATUS\"\n";
  for (const auto& [code, meaning] : {std::pair<const char*, const char*>{"0", "fine; there may be warnings"},
                                      {"1", "findings of severity error"},
                                      {"2", "partly done; what is left is named"},
                                      {"128", "fatal"},
                                      {"129", "wrong usage"},
                                      {"130", "interrupted"}})
    page += std::string(".TP\n.B ") + code + "\n" + meaning + ".\n";
  page +=
      ".SH ENVIRONMENT\n"
      ".TP\n.B LFSGUARD_SKIP\n1 lets one command through; it is said and logged.\n"
      ".TP\n.B LFSGUARD_TRACE\n1, or a file's name: what the client says to servers.\n"
      ".TP\n.B LFSGUARD_KEY\nAny setting, dots and dashes as underscores: LFSGUARD_THRESHOLD=5MiB.\n"
      ".TP\n.B NO_COLOR, CLICOLOR_FORCE\nno colour; colour also where no terminal is.\n"
      ".SH FILES\n"
      ".TP\n.I .lfsguard.toml\nthe repository's settings, at the top of its work tree.\n"
      ".TP\n.I ~/.config/lfsguard/config.toml\nthe user's.\n"
      ".TP\n.I /etc/lfsguard/config.toml\nthe system's.\n"
      ".SH \"SEE ALSO\"\n.BR git (1),\n.BR githooks (5),\n.BR gitattributes (5)\n";
  return page;
}

}  // namespace lfsguard::cli
