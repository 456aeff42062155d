#include "report/error_text.h"

#include "report/terminal.h"

namespace lfsguard::report {

std::string error_text(const Error& error, bool color) {
  std::string text = color ? "\033[1;31mlfsguard:\033[0m " : "lfsguard: ";
  text += error.what;
  if (!error.subject.empty()) text += ": " + printable(error.subject);
  text += '\n';
  for (const std::string& cause : error.causes) {
    std::string_view rest = cause;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      text += "  " + printable(rest.substr(0, end)) + '\n';
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  if (!error.hint.empty()) text += (color ? "\033[36mhint:\033[0m " : "hint: ") + error.hint + '\n';
  return text;
}

int exit_code(ErrorKind kind) {
  if (kind == ErrorKind::usage) return 129;
  if (kind == ErrorKind::interrupted) return 130;
  return 128;
}

}  // namespace lfsguard::report
