// Files that git and this program read themselves: a pointer in their place would be read as their content.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace lfsguard::scanner {

inline bool is_control_file(std::string_view path) {
  constexpr std::string_view kNames[] = {".gitattributes", ".gitignore", ".gitmodules", ".lfsconfig", ".lfsguard.toml", ".mailmap"};
  return std::ranges::find(kNames, path.substr(path.rfind('/') + 1)) != std::end(kNames);
}

}  // namespace lfsguard::scanner
