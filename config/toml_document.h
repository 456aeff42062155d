// A TOML file as plain data with positions, and errors that show the line with a caret. toml++ does the parsing, in
// toml_document.cpp alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lfsguard::config {

// Counted from 1, columns in characters.
struct TextPosition {
  uint32_t line = 0, column = 0;
};

struct TomlMember;
struct TomlNode {
  enum class Type { string, integer, boolean, date, array, table, other };
  Type type = Type::other;
  std::string text;  // of a string; an integer in digits, a date as YYYY-MM-DD, "true"
  TextPosition position;
  std::vector<TomlNode> items;      // of an array
  std::vector<TomlMember> members;  // of a table, in the order of the file

  const TomlNode* member(std::string_view key) const;
};
struct TomlMember {
  std::string key;
  TextPosition position;  // of the key
  TomlNode value;
};

// `name` is how messages call the file. Errors: kind config, as settings_error below.
Result<TomlNode> parse_toml(std::string_view name, std::string_view text);

// subject "name:line:column", causes: the line, a caret under the column with `complaint`, "allowed: <allowed>" unless
// empty.
Error settings_error(std::string_view name, std::string_view text, TextPosition position, std::string_view complaint,
                     std::string_view allowed);

}  // namespace lfsguard::config
