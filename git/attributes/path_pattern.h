// One pattern of a .gitignore or .gitattributes file, taken apart as git takes it apart.
//
// `!` in front negates, a slash at the end asks for a directory, a slash elsewhere ties the pattern to the directory of
// its file, none makes it match the last name of a path. gitignore(5), "PATTERN FORMAT".
#pragma once

#include <cstdint>
#include <string_view>

#include "git/attributes/match_style.h"

namespace lfsguard::attributes {

struct PathPattern {
  // What a pattern looks like decides how it is matched, and how it can be indexed.
  enum class Kind : uint8_t {
    literal_name,  // "Makefile": the last name is `text`
    suffix,        // "*.bin": the last name ends with `text`
    wild_name,     // "w*[0-9]": the last name matches
    literal_path,  // "/a/b", "a/b": the path is `text`
    wild_path,     // "a/*.bin", "**/x": the path matches
  };

  std::string_view
      text;  // without '!', leading and trailing slash, and the '*' of a suffix; points into what was parsed
  uint32_t literal_prefix = 0;  // so many bytes of `text` come before the first wildcard
  Kind kind = Kind::literal_name;
  bool negative = false;
  bool must_be_directory = false;

  // `raw` must outlive the result. Nothing is invalid; what makes no sense matches nothing.
  static PathPattern parse(std::string_view raw);

  bool by_name() const { return kind <= Kind::wild_name; }

  // `path` is relative to the directory of the pattern's file, `name` is its last component. Looks at neither
  // `negative` nor `must_be_directory`.
  bool matches(std::string_view path, std::string_view name, MatchStyle style) const;
};

}  // namespace lfsguard::attributes
