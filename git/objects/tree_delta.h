// A delta from one tree to another, made by walking both: what they share is copied, entries that differ are inserted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "git/objects/tree_diff.h"

namespace lfsguard::git {

// git's delta encoding of `result` against `base`. Always right, and short where the two are versions of one directory; for trees that share little it
// may be longer than `result`.
std::string tree_delta(std::string_view base, std::string_view result);
// The same where the stretches in which `result` differs from `base` are known.
std::string tree_delta(std::string_view base, std::string_view result, const std::vector<TreeStretch>& stretches);

}  // namespace lfsguard::git
