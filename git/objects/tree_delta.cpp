#include "git/objects/tree_delta.h"

#include "git/objects/delta_writer.h"

namespace lfsguard::git {

std::string tree_delta(std::string_view base, std::string_view result) {
  std::vector<TreeStretch> stretches;
  if (tree_stretches(result, base, stretches)) return tree_delta(base, result, stretches);
  DeltaWriter delta(base.size(), result.size());
  delta.insert(result);
  return delta.finish();
}

std::string tree_delta(std::string_view base, std::string_view result, const std::vector<TreeStretch>& stretches) {
  DeltaWriter delta(base.size(), result.size());
  size_t at_base = 0;
  for (const TreeStretch& stretch : stretches) {
    delta.copy(at_base, stretch.old_begin - at_base);
    delta.insert(result.substr(stretch.begin, stretch.end - stretch.begin));
    at_base = stretch.old_end;
  }
  delta.copy(at_base, base.size() - at_base);
  return delta.finish();
}

}  // namespace lfsguard::git
