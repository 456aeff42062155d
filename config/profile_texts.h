// config/profiles/*.toml as they stand, compiled in by config/layer.cmake.
#pragma once

#include <string_view>
#include <vector>

namespace lfsguard::config {

struct ProfileText {
  std::string_view name;
  std::string_view text;
};
// A function and not a table, so that nothing runs before main.
const std::vector<ProfileText>& profile_texts();

}  // namespace lfsguard::config
