// Lines of a .gitattributes file that look as if they put something into LFS, and cover no file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::scanner {

bool is_attributes_file(std::string_view path);

// A sentence about the first such line ("models/ filter=lfs": git's attributes never match a directory) and how to write it; nullopt: none.
std::optional<std::string> attribute_trouble(std::string_view bytes);

}  // namespace lfsguard::scanner
