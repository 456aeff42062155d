#include "report/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace lfsguard::report {

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

bool use_color(ColorChoice choice, int fd) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  const char* force = std::getenv("CLICOLOR_FORCE");
  if (force && *force && std::string_view(force) != "0") return true;
  const char* terminal = std::getenv("TERM");
  return is_terminal(fd) && terminal && std::string_view(terminal) != "dumb";
}

unsigned terminal_width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

namespace {

// Length of a character at the front, in UTF-8, that a terminal obeys instead of showing it: U+0080 to U+009F, and what turns the direction of text
// (U+202A to U+202E, U+2066 to U+2069). 0: none.
size_t commanding_character(std::string_view text) {
  const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if (at(0) == 0xc2 && at(1) >= 0x80 && at(1) <= 0x9f) return 2;
  if (at(0) != 0xe2) return 0;
  const bool turns = (at(1) == 0x80 && at(2) >= 0xaa && at(2) <= 0xae) || (at(1) == 0x81 && at(2) >= 0xa6 && at(2) <= 0xa9);
  return turns ? 3 : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  size_t escaped = 0;  // bytes from here on that are written as escapes whatever they are
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (escaped == 0) escaped = commanding_character(text.substr(i));
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '\r') {
      result += "\\r";
    } else if (byte < 0x20 || byte == 0x7f || escaped > 0) {
      result += "\\x";
      result += kDigits[byte >> 4];
      result += kDigits[byte & 15];
    } else {
      result += c;
    }
    if (escaped > 0) --escaped;
  }
  return result;
}

}  // namespace lfsguard::report
