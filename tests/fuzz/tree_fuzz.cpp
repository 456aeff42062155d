// Any bytes as two trees, divided by their first byte (a length in sixteenths): entries stay inside, a difference names only entries that are there,
// a tree differs from itself in nothing, and the delta between the two makes one out of the other.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "git/objects/delta.h"
#include "git/objects/tree.h"
#include "git/objects/tree_delta.h"
#include "git/objects/tree_diff.h"

using namespace lfsguard::git;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t middle = 1 + (size - 1) * (data[0] & 15) / 16;
  const std::string newer(reinterpret_cast<const char*>(data + 1), middle - 1), older(reinterpret_cast<const char*>(data + middle), size - middle);
  TreeReader reader(newer);
  TreeEntry entry;
  size_t bytes = 0;
  while (reader.next(entry)) bytes += entry.bytes.size();
  if (!reader.damaged() && bytes != newer.size()) std::abort();
  std::vector<ChangedEntry> changes;
  if (diff_trees(newer, older, changes))
    for (const ChangedEntry& change : changes)
      if (change.entry.bytes.data() < newer.data() || change.entry.bytes.data() + change.entry.bytes.size() > newer.data() + newer.size()) std::abort();
  changes.clear();
  if (diff_trees(newer, newer, changes) && !changes.empty()) std::abort();
  const std::string delta = tree_delta(older, newer);
  std::string made(newer.size(), 'x');
  if (!apply_delta(older, reinterpret_cast<const uint8_t*>(delta.data()), delta.size(), reinterpret_cast<uint8_t*>(made.data()), made.size()) || made != newer) std::abort();
  return 0;
}
