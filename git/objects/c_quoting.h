// git's C-style quoting of paths ("a\tb\303\244"), as in alternates lists and `core.quotePath` output.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::git {

struct Unquoted {
  std::string text;
  size_t length = 0;  // bytes of the quoted form, both quotes included
};

// `text` begins with a double quote. nullopt when the quotes do not close or an escape is not git's.
inline std::optional<Unquoted> unquote_c(std::string_view text) {
  if (text.empty() || text.front() != '"') return std::nullopt;
  Unquoted result;
  for (size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      result.length = i + 1;
      return result;
    }
    if (c != '\\') {
      result.text += c;
      continue;
    }
    if (++i >= text.size()) return std::nullopt;
    c = text[i];
    static constexpr std::string_view kNames = "abfnrtv\\\"";
    static constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\\"";
    if (const size_t at = kNames.find(c); at != std::string_view::npos) {
      result.text += kBytes[at];
    } else if (c >= '0' && c <= '3' && i + 2 < text.size()) {
      int value = 0;
      for (int digit = 0; digit < 3; ++digit) {
        const char d = text[i + static_cast<size_t>(digit)];
        if (d < '0' || d > '7') return std::nullopt;
        value = value * 8 + (d - '0');
      }
      result.text += static_cast<char>(value);
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace lfsguard::git
