#include "git/attributes/pattern_writer.h"

#include <algorithm>
#include <cstddef>

#include "git/attributes/attribute_file.h"
#include "git/attributes/c_quoting.h"

namespace lfsguard::attributes {
namespace {

constexpr std::string_view kSpaceClass = "[[:space:]]";
constexpr std::string_view kEscaped = "\\*[]?#!\"";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string escaped(std::string_view text, std::string_view space) {
  std::string result;
  result.reserve(text.size() + 16);
  for (const char c : text) {
    if (c == ' ') {
      result += space;
      continue;
    }
    if (kEscaped.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string exact_pattern(std::string_view path, const MatchesPlainNeighbour& matches_plain_neighbour) {
  if (std::none_of(path.begin(), path.end(), is_control)) {
    std::string pattern = '/' + escaped(path, kSpaceClass);
    const bool has_space = path.find(' ') != std::string_view::npos;
    if (!has_space || !matches_plain_neighbour || !matches_plain_neighbour(pattern)) return pattern;
  }
  return c_quote('/' + escaped(path, " "));
}

std::string extension_pattern(std::string_view extension) {
  if (std::any_of(extension.begin(), extension.end(), is_control)) return c_quote('*' + escaped(extension, " "));
  return '*' + escaped(extension, kSpaceClass);
}

std::string readable_pattern(std::string_view pattern) {
  std::string text(pattern);
  if (const auto unquoted = c_unquote(pattern); unquoted && unquoted->consumed == pattern.size()) text = unquoted->text;
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, kSpaceClass.size(), kSpaceClass) == 0) {
      result += ' ';
      i += kSpaceClass.size() - 1;
    } else {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      result += text[i];
    }
  }
  return result;
}

std::string lfs_line(std::string_view pattern, std::string_view attributes) {
  std::string line(pattern);
  line += ' ';
  line += attributes;
  return line;
}

Status check_line_length(std::string_view line, std::string_view line_ending) {
  // git reads a blob's line up to the newline, a CR included.
  const size_t length = line.size() + (line_ending.size() > 1 ? line_ending.size() - 1 : 0);
  if (length < AttributeFile::kLineLimit) return {};
  return fail(ErrorKind::unsupported,
              "git ignores attributes lines of 2048 bytes and more; this one would have " + std::to_string(length),
              std::string(line.substr(0, 60)) + "...",
              "a .gitattributes in a deeper directory needs a shorter pattern");
}

}  // namespace lfsguard::attributes
