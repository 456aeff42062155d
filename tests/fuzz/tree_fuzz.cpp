// Any bytes as two trees, divided by their first byte (a length in sixteenths): entries stay inside, a difference names only entries that are there,
// and a tree differs from itself in nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "git/objects/tree.h"
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
  return 0;
}
