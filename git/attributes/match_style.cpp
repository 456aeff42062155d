#include "git/attributes/match_style.h"

#include <string>

#include "git/process/installed_git.h"

namespace lfsguard::attributes {
namespace {

MatchStyle::Stars stars_of(const git::InstalledGit& git) {
  return git.at_least(2, 52) ? MatchStyle::Stars::since_2_52 : MatchStyle::Stars::before_2_52;
}

}  // namespace

bool MatchStyle::literal_prefix_apart() const {
  return (stars == Stars::as_installed_git ? stars_of(git::installed_git()) : stars) == Stars::before_2_52;
}

MatchStyle MatchStyle::of_git(std::string_view version, bool fold_case) {
  MatchStyle style(fold_case);
  style.stars = stars_of(git::InstalledGit::parse(std::string(version)));
  return style;
}

}  // namespace lfsguard::attributes
