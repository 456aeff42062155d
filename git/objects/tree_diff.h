// Which entries of a tree are not in another one: by bytes, without parsing what the two share.
//
// Two versions of a directory nearly always share most of their bytes: those stretches are skipped by comparing memory, and only the entries between
// them are parsed and merged in git's order. Where that order is broken (odd trees exist), every entry is matched by name instead.
#pragma once

#include <string_view>
#include <vector>

#include "git/objects/tree.h"

namespace lfsguard::git {

struct ChangedEntry {
  TreeEntry entry;          // in the newer tree
  TreeEntry old;            // of that name in the older one; mode 0 when there is none
};

// Entries of `newer` that `older` does not have byte for byte, in stored order, appended to `changes`. Views point into the two
// contents. False: one of them is not a sound tree (what was found before that is kept).
bool diff_trees(std::string_view newer, std::string_view older, std::vector<ChangedEntry>& changes);

// Bytes in which two trees differ: whole entries of both. What lies between two stretches, before the first and behind the last is the same in both.
struct TreeStretch {
  size_t before = 0;                  // where the entry in front of it begins, in the newer tree; begin: there is none
  size_t begin = 0, end = 0;          // in the newer tree
  size_t old_begin = 0, old_end = 0;  // in the older one
};

// The stretches in ascending order, appended. Right whatever order the entries are in, and short where that is git's. False: one of them is not a sound
// tree.
bool tree_stretches(std::string_view newer, std::string_view older, std::vector<TreeStretch>& stretches);

}  // namespace lfsguard::git
