#include "git/objects/pack_layout.h"

#include <optional>

#include "base/thread_pool.h"
#include "git/objects/first_error.h"

namespace lfsguard::git {
namespace {

// Finds the position of an offset in a sorted array: a table of buckets leads to within a few entries.
class OffsetTable {
 public:
  OffsetTable(const BigVector<uint64_t>& offsets, uint64_t end) : offsets_(offsets) {
    shift_ = 0;
    while ((end >> shift_) > offsets.size() * 2 + 16) ++shift_;
    starts_.assign((end >> shift_) + 2, 0);
    size_t at = 0;
    for (size_t bucket = 0; bucket < starts_.size(); ++bucket) {
      while (at < offsets.size() && (offsets[at] >> shift_) < bucket) ++at;
      starts_[bucket] = static_cast<uint32_t>(at);
    }
  }
  uint32_t find(uint64_t offset) const {
    for (size_t at = starts_[offset >> shift_]; at < offsets_.size() && offsets_[at] <= offset; ++at)
      if (offsets_[at] == offset) return static_cast<uint32_t>(at);
    return PackLayout::kNoBase;
  }

 private:
  const BigVector<uint64_t>& offsets_;
  unsigned shift_;
  BigVector<uint32_t> starts_;
};

}  // namespace

Result<PackLayout> lay_out(const PackFile& pack) {
  const PackIndex& index = pack.index();
  const uint32_t count = index.count();
  PackLayout layout;
  layout.order = index.pack_order(pack.sibling(".rev"));
  layout.offsets.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    layout.offsets[i] = index.offset(layout.order[i]);
    if (layout.offsets[i] >= pack.end() || (i > 0 && layout.offsets[i] <= layout.offsets[i - 1]))
      return fail(pack.damage(layout.offsets[i], "the index gives offsets that are outside the pack or twice the same"));
  }
  const OffsetTable table(layout.offsets, pack.end());
  FirstError error;

  // Headers. types[i] is final, or none while base[i] names the position it is to be taken from.
  layout.types.resize(count);
  layout.base.assign(count, PackLayout::kNoBase);
  parallel_for(count, 16384, [&](size_t begin, size_t end, unsigned) {
    PackEntry entry;
    for (size_t i = begin; i < end; ++i) {
      const uint64_t offset = layout.offsets[i];
      if (!pack.entry(offset, entry)) return error.set(offset, pack.damage(offset, "there is no sound object header"));
      if (entry.type != ObjectType::ofs_delta && entry.type != ObjectType::ref_delta) {
        layout.types[i] = entry.type;
        continue;
      }
      uint64_t base_offset = entry.base_offset;
      if (entry.type == ObjectType::ref_delta) {
        const auto position = index.find(entry.base_id);
        if (!position) return error.set(offset, pack.damage(offset, "its delta base " + entry.base_id.hex() + " is not in the pack"));
        base_offset = index.offset(*position);
      }
      layout.base[i] = table.find(base_offset);
      if (layout.base[i] == PackLayout::kNoBase) return error.set(offset, pack.damage(offset, "its delta base is not where an object begins"));
    }
  });
  TRY(error.status());

  layout.buckets = IdBuckets(count, [&](uint32_t at) { return index.raw_id(at); });

  // Types handed down to deltas. REF bases may lie behind: a chain is followed to its root and filled on the way back.
  std::vector<uint32_t> chain;
  for (uint32_t i = 0; i < count; ++i) {
    if (layout.types[i] != ObjectType::none) continue;
    uint32_t at = i;
    chain.clear();
    while (layout.types[at] == ObjectType::none) {
      chain.push_back(at);
      if (chain.size() > count) return fail(pack.damage(layout.offsets[i], "its chain of deltas does not end"));
      at = layout.base[at];
    }
    for (const uint32_t member : chain) layout.types[member] = layout.types[at];
  }
  return layout;
}

}  // namespace lfsguard::git
