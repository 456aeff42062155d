#include "git/attributes/match_style.h"

#include <charconv>
#include <cstddef>

namespace lfsguard::attributes {

MatchStyle MatchStyle::of_git(std::string_view version, bool fold_case) {
  MatchStyle style(fold_case);
  const size_t digit = version.find_first_of("0123456789");
  if (digit == std::string_view::npos) return style;
  const char* const end = version.data() + version.size();
  int major = 0, minor = 0;
  const auto [after, failure] = std::from_chars(version.data() + digit, end, major);
  if (failure == std::errc() && after != end && *after == '.') std::from_chars(after + 1, end, minor);
  style.literal_prefix_apart = major < 2 || (major == 2 && minor < 52);
  return style;
}

}  // namespace lfsguard::attributes
