#include "lfs/filter/path_choice.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "git/attributes/ignore_pattern.h"

namespace lfsguard::lfs {
namespace {

std::vector<std::string> patterns_in(std::string_view text) {
  std::vector<std::string> patterns;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view pattern = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (pattern.starts_with(' ')) pattern.remove_prefix(1);
    while (pattern.ends_with(' ')) pattern.remove_suffix(1);
    if (pattern.starts_with("./")) pattern.remove_prefix(2);
    if (!pattern.empty()) patterns.emplace_back(pattern);
  }
  return patterns;
}

}  // namespace

PathChoice path_choice(const std::string& include, const std::string& exclude, bool fold_case) {
  const auto included = std::make_shared<const attributes::PathList>(patterns_in(include), fold_case);
  const auto excluded = std::make_shared<const attributes::PathList>(patterns_in(exclude), fold_case);
  if (included->empty() && excluded->empty()) return {};
  return [included, excluded](std::string_view path) {
    return (included->empty() || included->matches(path)) && !excluded->matches(path);
  };
}

PathChoice fetch_choice(const ClientConfig& config, const std::optional<std::string>& include,
                        const std::optional<std::string>& exclude) {
  return path_choice(include ? *include : config.get("lfs.fetchinclude").value_or(""),
                     exclude ? *exclude : config.get("lfs.fetchexclude").value_or(""),
                     config.flag("core.ignorecase", false));
}

}  // namespace lfsguard::lfs
