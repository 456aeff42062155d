// What may be written to a terminal: colour (NO_COLOR, CLICOLOR_FORCE, --color), width, and text without control
// characters.
#pragma once

#include <string>
#include <string_view>

namespace lfsguard::report {

enum class ColorChoice { automatic, always, never };

// Whether output to `fd` is coloured. Flags beat NO_COLOR (set, not empty), which beats CLICOLOR_FORCE (set, not "0"),
// which beats whether `fd` is a terminal that is not "dumb".
bool use_color(ColorChoice choice, int fd);

bool is_terminal(int fd);
// Columns of the terminal at `fd`; 80 where it is none.
unsigned terminal_width(int fd);

// The text for a person's eyes: control characters (newlines in paths, escapes sent by a server) as \n, \t, \x1b, and so what turns the direction of text.
std::string printable(std::string_view text);

}  // namespace lfsguard::report
