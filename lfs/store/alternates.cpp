#include "lfs/store/alternates.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/file_descriptor.h"

namespace lfsguard::lfs {
namespace {

constexpr int kMaxDepth = 5;  // git's own limit

// Reads a C-quoted name from the start of `text` (which begins with '"'); what follows the closing quote stays in
// `text`.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string name;
  size_t at = 1;
  while (at < text.size() && text[at] != '"') {
    char c = text[at++];
    if (c == '\\' && at < text.size()) {
      static constexpr std::string_view kLetters = "abtnvfr\"\\";
      static constexpr std::string_view kValues = "\a\b\t\n\v\f\r\"\\";
      c = text[at++];
      const size_t letter = kLetters.find(c);
      if (letter != std::string_view::npos) {
        c = kValues[letter];
      } else if (c >= '0' && c <= '3' && at + 1 < text.size()) {
        c = static_cast<char>((c - '0') << 6 | (text[at] - '0') << 3 | (text[at + 1] - '0'));
        at += 2;
      } else {
        return std::nullopt;
      }
    }
    name += c;
  }
  if (at >= text.size()) return std::nullopt;
  text.remove_prefix(at + 1);
  return name;
}

std::vector<std::string> names_in(std::string_view text, char separator, bool comments) {
  std::vector<std::string> names;
  while (!text.empty()) {
    std::string name;
    std::string_view after = text;
    std::optional<std::string> quoted = text.front() == '"' ? take_quoted(after) : std::nullopt;
    const size_t end =
        quoted ? text.size() - after.size() + std::min(after.find(separator), after.size()) : text.find(separator);
    name = quoted ? std::move(*quoted) : std::string(text.substr(0, end));
    text.remove_prefix(std::min(end == std::string_view::npos ? text.size() : end + 1, text.size()));
    if (name.empty() || (comments && name.front() == '#')) continue;
    while (name.size() > 1 && name.back() == '/') name.pop_back();
    names.push_back(std::move(name));
  }
  return names;
}

void follow(const std::string& object_dir, int depth, std::vector<std::string>& found) {
  if (depth > kMaxDepth) return;
  const Result<std::string> text = read_file(object_dir + "/info/alternates");
  if (!text) return;
  for (std::string& name : names_in(*text, '\n', true)) {
    if (name.front() != '/') name = object_dir + "/" + name;
    if (std::ranges::find(found, name) != found.end()) continue;
    found.push_back(name);
    follow(name, depth + 1, found);
  }
}

}  // namespace

std::vector<std::string> alternate_object_dirs(const std::string& object_dir) {
  std::vector<std::string> found;
  if (const char* text = std::getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
    for (std::string& name : names_in(text, ':', false)) {
      if (std::ranges::find(found, name) != found.end()) continue;
      found.push_back(name);
      follow(name, 1, found);
    }
  }
  follow(object_dir, 0, found);
  return found;
}

}  // namespace lfsguard::lfs
