#include "config/toml_document.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

#include "config/spare_plane.h"

namespace lfsguard::config {
namespace {

TextPosition position_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

std::string padded(unsigned number, size_t width) {
  std::string digits = std::to_string(number);
  return std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
}

TomlNode converted(const toml::node& node, const SparePlane& plane) {
  TomlNode result;
  result.position = position_of(node.source());
  if (const auto* table = node.as_table()) {
    result.type = TomlNode::Type::table;
    for (const auto& [key, value] : *table)
      result.members.push_back({plane.restored(key.str()), position_of(key.source()), converted(value, plane)});
    std::stable_sort(result.members.begin(), result.members.end(), [](const TomlMember& a, const TomlMember& b) {
      return std::pair(a.position.line, a.position.column) < std::pair(b.position.line, b.position.column);
    });
  } else if (const auto* array = node.as_array()) {
    result.type = TomlNode::Type::array;
    for (const auto& item : *array) result.items.push_back(converted(item, plane));
  } else if (const auto* text = node.as_string()) {
    result.type = TomlNode::Type::string;
    result.text = plane.restored(text->get());
  } else if (const auto* integer = node.as_integer()) {
    result.type = TomlNode::Type::integer;
    result.text = std::to_string(integer->get());
  } else if (const auto* boolean = node.as_boolean()) {
    result.type = TomlNode::Type::boolean;
    result.text = boolean->get() ? "true" : "false";
  } else if (const auto* date = node.as_date()) {
    result.type = TomlNode::Type::date;
    result.text = padded(date->get().year, 4) + "-" + padded(date->get().month, 2) + "-" + padded(date->get().day, 2);
  }
  return result;
}

// Where a byte position for the caret's column is: columns count characters, continuation bytes of UTF-8 do not count.
size_t byte_of_column(std::string_view line, uint32_t column) {
  uint32_t seen = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if ((static_cast<unsigned char>(line[i]) & 0xC0) != 0x80) ++seen;
    if (seen == column) return i;
  }
  return line.size();
}

}  // namespace

const TomlNode* TomlNode::member(std::string_view key) const {
  for (const TomlMember& candidate : members)
    if (candidate.key == key) return &candidate.value;
  return nullptr;
}

Result<TomlNode> parse_toml(std::string_view name, std::string_view text) {
  const std::optional<SparePlane> plane = SparePlane::of(text);
  if (!plane)
    return fail(settings_error(name, text, {1, 1}, "one of Unicode's planes must be left out of the file", ""));
  const toml::parse_result result = toml::parse(plane->moved(text));
  if (!result) {
    const toml::parse_error& error = result.error();
    return fail(settings_error(name, text, position_of(error.source()), plane->restored(error.description()), ""));
  }
  return converted(result.table(), *plane);
}

Error settings_error(std::string_view name, std::string_view text, TextPosition position, std::string_view complaint,
                     std::string_view allowed) {
  std::string_view rest = text;
  for (uint32_t line = 1; line < position.line; ++line) {
    const size_t end = rest.find('\n');
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  std::string line(rest.substr(0, rest.find('\n')));
  if (line.ends_with('\r')) line.pop_back();
  std::replace(line.begin(), line.end(), '\t', ' ');

  // A long line is shown from near the place on.
  constexpr size_t kShown = 120;
  uint32_t column = std::max(position.column, 1u);
  if (line.size() > kShown) {
    size_t from = byte_of_column(line, column > 40 ? column - 40 : 1);
    if (column > 40) column = 40 + 1;
    size_t length = kShown;
    while (from + length < line.size() && (static_cast<unsigned char>(line[from + length]) & 0xC0) == 0x80) --length;
    line = line.substr(from, length);
  }
  Error error{ErrorKind::config,
              "these settings cannot be used",
              std::string(name) + ":" + std::to_string(position.line) + ":" + std::to_string(position.column),
              "",
              {}};
  error.causes.push_back(line);
  error.causes.push_back(std::string(column - 1, ' ') + "^ " + std::string(complaint));
  if (!allowed.empty()) error.causes.push_back("allowed: " + std::string(allowed));
  return error;
}

}  // namespace lfsguard::config
