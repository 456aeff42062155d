// How paths are compared with patterns in one repository, by one git.
#pragma once

#include <cstdint>
#include <string_view>

namespace lfsguard::attributes {

struct MatchStyle {
  // Until git 2.51 what follows a pattern's literal beginning was matched as a pattern of its own, so that "foo**/bar"
  // matches "foobar" and "d/a**" everything below "d/ab"; from 2.52 on two stars mean more than one only between
  // slashes.
  enum class Stars : uint8_t { as_installed_git, before_2_52, since_2_52 };

  // Converts from core.ignoreCase alone.
  MatchStyle(bool ignore_case = false) : fold_case(ignore_case) {}

  // core.ignoreCase: ASCII letters of either case are equal.
  bool fold_case = false;
  Stars stars = Stars::as_installed_git;

  // Asks git for its version where `stars` leaves it to that: to be called only for a pattern that the two styles read
  // differently, for it costs a process the first time.
  bool literal_prefix_apart() const;

  // `version` as `git version` prints it ("git version 2.39.5"); anything else gives the older style.
  static MatchStyle of_git(std::string_view version, bool fold_case);
};

}  // namespace lfsguard::attributes
