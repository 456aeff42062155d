// How paths are compared with patterns in one repository, by one git.
#pragma once

#include <string_view>

namespace lfsguard::attributes {

struct MatchStyle {
  // Converts from core.ignoreCase alone.
  MatchStyle(bool ignore_case = false) : fold_case(ignore_case) {}

  // core.ignoreCase: ASCII letters of either case are equal.
  bool fold_case = false;
  // Until git 2.51 what follows a pattern's literal beginning was matched as a pattern of its own, so that "foo**/bar"
  // matches "foobar" and "d/a**" everything below "d/ab"; from 2.52 on two stars mean more than one only between
  // slashes.
  bool literal_prefix_apart = true;

  // `version` as `git version` prints it ("git version 2.39.5"); anything else gives the older style.
  static MatchStyle of_git(std::string_view version, bool fold_case);
};

}  // namespace lfsguard::attributes
