#include "git/attributes/c_quoting.h"

#include <cstdint>

namespace lfsguard::attributes {
namespace {

constexpr std::string_view kLetters = "abtnvfr\\\"";
constexpr std::string_view kBytes = "\a\b\t\n\v\f\r\\\"";

}  // namespace

std::optional<Unquoted> c_unquote(std::string_view text) {
  Unquoted result;
  if (text.empty() || text.front() != '"') return std::nullopt;
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      result.consumed = i + 1;
      return result;
    }
    if (c != '\\') {
      result.text += c;
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (const size_t letter = kLetters.find(text[i]); letter != std::string_view::npos) {
      result.text += kBytes[letter];
      continue;
    }
    // Three octal digits, the first at most 3.
    if (i + 2 >= text.size()) return std::nullopt;
    const auto digit = [&](size_t at, char most) { return text[at] >= '0' && text[at] <= most; };
    if (!digit(i, '3') || !digit(i + 1, '7') || !digit(i + 2, '7')) return std::nullopt;
    result.text += static_cast<char>(((text[i] - '0') << 6) | ((text[i + 1] - '0') << 3) | (text[i + 2] - '0'));
    i += 2;
  }
  return std::nullopt;
}

std::string c_quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (const size_t at = kBytes.find(c); at != std::string_view::npos) {
      result += '\\';
      result += kLetters[at];
    } else if (byte < 0x20 || byte == 0x7f) {
      result += '\\';
      result += static_cast<char>('0' + (byte >> 6));
      result += static_cast<char>('0' + ((byte >> 3) & 7));
      result += static_cast<char>('0' + (byte & 7));
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace lfsguard::attributes
