#include "git/objects/tree_families.h"

#include <algorithm>
#include <cstring>

#include "git/objects/delta.h"

namespace lfsguard::git {
namespace {

constexpr uint64_t kTreeMax = 1ull << 30;  // a larger tree is not taken into memory here
constexpr uint32_t kNone = UINT32_MAX;

size_t common_prefix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t at = 0;
  while (at + 256 <= size && std::memcmp(a.data() + at, b.data() + at, 256) == 0) at += 256;
  while (at < size && a[at] == b[at]) ++at;
  return at;
}

size_t common_suffix(std::string_view a, std::string_view b, size_t limit) {
  size_t at = 0;
  const char *end_a = a.data() + a.size(), *end_b = b.data() + b.size();
  while (at + 256 <= limit && std::memcmp(end_a - at - 256, end_b - at - 256, 256) == 0) at += 256;
  while (at < limit && end_a[-1 - static_cast<ptrdiff_t>(at)] == end_b[-1 - static_cast<ptrdiff_t>(at)]) ++at;
  return at;
}

}  // namespace

IdFilter::IdFilter(const std::vector<ObjectId>& ids) : ids_(ids.size()), bits_(1024) {
  for (const ObjectId& id : ids) {
    ids_.insert(id);
    const unsigned first = first_bytes(id.bytes.data());
    bits_[first / 64] |= 1ull << (first % 64);
  }
}

void TreeNumbers::add(const PackFile& pack, const PackLayout& layout) {
  Part part{&pack, &layout, BigVector<uint32_t>(layout.types.size(), kUnknown)};
  const auto number = static_cast<uint32_t>(parts_.size());
  homes_.reserve(homes_.size() + static_cast<size_t>(std::count(layout.types.begin(), layout.types.end(), ObjectType::tree)));
  for (size_t i = 0; i < layout.types.size(); ++i) {
    if (layout.types[i] != ObjectType::tree) continue;
    const uint32_t position = layout.order[i];
    const uint32_t twin = parts_.empty() ? kUnknown : find(pack.index().id(position));
    part.numbers[position] = twin != kUnknown ? twin : static_cast<uint32_t>(homes_.size());
    if (twin == kUnknown) homes_.push_back({number, position});
  }
  parts_.push_back(std::move(part));
}

TreeFamilies::Kin::Kin(const PackLayout& layout) : first_child(layout.types.size(), kNone), next_sibling(layout.types.size(), kNone) {
  for (size_t i = layout.types.size(); i-- > 0;) {
    if (layout.types[i] != ObjectType::tree) continue;
    const uint32_t base = layout.base[i];
    if (base == PackLayout::kNoBase) {
      roots.push_back(static_cast<uint32_t>(i));
    } else {
      next_sibling[i] = first_child[base];
      first_child[base] = static_cast<uint32_t>(i);
    }
  }
}

Status TreeFamilies::walk(uint32_t root) {
  if (frames_.empty()) frames_.emplace_back(std::make_unique<Frame>());
  TRY(make_root(root, *frames_[0]));
  note(root, *frames_[0]);
  levels_.assign(1, {kin_.first_child[root], 0, 0, 0});
  byte_edits_.clear();
  found_edits_.clear();
  old_bytes_.clear();
  while (!levels_.empty()) {
    Level& level = levels_.back();
    const uint32_t child = level.next_child;
    if (child == kNone) {
      put_back(*frames_[level.frame], level.byte_edits, level.found_edits);
      levels_.pop_back();
      continue;
    }
    level.next_child = kin_.next_sibling[child];
    PackEntry entry;
    TRY(inflate(child, entry, delta_));
    Level below{kin_.first_child[child], level.frame, byte_edits_.size(), found_edits_.size()};
    if (!patch(delta_.data(), entry.size, *frames_[level.frame])) {
      ++below.frame;
      if (frames_.size() == below.frame) frames_.emplace_back(std::make_unique<Frame>());
      TRY(make_delta(child, entry.size, *frames_[level.frame], *frames_[below.frame]));
    }
    note(child, *frames_[below.frame]);
    levels_.push_back(below);
  }
  return {};
}

Status TreeFamilies::inflate(uint32_t position, PackEntry& entry, std::vector<uint8_t>& out) {
  const uint64_t offset = layout_.offsets[position];
  pack_.entry(offset, entry);
  const uint64_t available = pack_.end() - entry.stream_offset;
  if (entry.size > kTreeMax || entry.size / 1040 > available) return fail(pack_.damage(offset, "it says a size that its stream cannot have"));
  if (out.size() < entry.size) out.resize(entry.size + entry.size / 4 + 64);
  if (!inflater_.whole(pack_.data() + entry.stream_offset, available, out.data(), entry.size))
    return fail(pack_.damage(offset, "its stream does not inflate to the size in its header"));
  return {};
}

Status TreeFamilies::make_root(uint32_t position, Frame& frame) {
  PackEntry entry;
  TRY(inflate(position, entry, frame.content));
  frame.size = entry.size;
  frame.boundaries.clear();
  frame.found.clear();
  for (size_t at = 0; at < frame.size;) at = TRY(parse_one(position, frame, at));
  frame.boundaries.push_back(static_cast<uint32_t>(frame.size));
  return {};
}

bool TreeFamilies::patch(const uint8_t* delta, size_t delta_size, Frame& frame) {
  const auto sizes = decode_delta_sizes(delta, delta_size);
  if (!sizes || sizes->base != frame.size || sizes->result != frame.size) return false;
  // Every copy must leave its bytes where they are; inserts give the stretches that change.
  const size_t marks = byte_edits_.size(), found_marks = found_edits_.size();
  size_t out = 0;
  for (DeltaReader reader(delta + sizes->header, delta + delta_size); !reader.at_end();) {
    DeltaReader::Step step;
    if (!reader.next(step) || step.size > frame.size - out || (!step.insert && step.offset != out)) {
      put_back(frame, marks, found_marks);
      return false;
    }
    if (step.insert) {
      const uint8_t* now = step.insert;
      size_t begin = out, size = step.size;
      uint8_t* const content = frame.content.data();
      while (size > 0 && *now == content[begin]) ++now, ++begin, --size;
      while (size > 0 && now[size - 1] == content[begin + size - 1]) --size;
      if (size > 0) {
        byte_edits_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(size), old_bytes_.size()});
        old_bytes_.insert(old_bytes_.end(), content + begin, content + begin + size);
        std::memcpy(content + begin, now, size);
      }
    }
    out += step.size;
  }
  bool right = out == frame.size;
  size_t next_entry = 0;
  for (size_t i = marks; i < byte_edits_.size() && right; ++i)
    right = reread(frame, byte_edits_[i].offset, byte_edits_[i].offset + byte_edits_[i].size, next_entry);
  if (!right) put_back(frame, marks, found_marks);
  return right;
}

// The entries that [begin, end) touches, from the one numbered `next_entry` on. False: one does not end where it did, or is kept where it was not.
bool TreeFamilies::reread(Frame& frame, size_t begin, size_t end, size_t& next_entry) {
  const auto& marks = frame.boundaries;
  size_t at = static_cast<size_t>(std::upper_bound(marks.begin() + static_cast<ptrdiff_t>(next_entry), marks.end(), static_cast<uint32_t>(begin)) - marks.begin());
  at = at > next_entry ? at - 1 : next_entry;
  for (; at + 1 < marks.size() && marks[at] < end; ++at) {
    TreeReader reader(frame.view().substr(marks[at], marks[at + 1] - marks[at]));
    TreeEntry entry;
    if (!reader.next(entry) || entry.bytes.size() != marks[at + 1] - marks[at]) return false;
    const auto found = std::lower_bound(frame.found.begin(), frame.found.end(), marks[at], [](const Found& a, uint32_t offset) { return a.offset < offset; });
    const bool was = found != frame.found.end() && found->offset == marks[at];
    if (was != keeps(entry)) return false;
    if (!was) continue;
    const KeptEntry now = kept(entry, &found->entry);
    if (now == found->entry) continue;
    found_edits_.push_back({static_cast<uint32_t>(found - frame.found.begin()), found->entry});
    found->entry = now;
  }
  next_entry = at;
  return true;
}

void TreeFamilies::put_back(Frame& frame, size_t byte_edits, size_t found_edits) {
  while (byte_edits_.size() > byte_edits) {
    const ByteEdit& edit = byte_edits_.back();
    std::memcpy(frame.content.data() + edit.offset, old_bytes_.data() + edit.old_bytes, edit.size);
    old_bytes_.resize(edit.old_bytes);
    byte_edits_.pop_back();
  }
  while (found_edits_.size() > found_edits) {
    frame.found[found_edits_.back().index].entry = found_edits_.back().old;
    found_edits_.pop_back();
  }
}

Status TreeFamilies::make_delta(uint32_t position, size_t delta_size, const Frame& base, Frame& frame) {
  const auto sizes = decode_delta_sizes(delta_.data(), delta_size);
  if (!sizes || sizes->result > kTreeMax || sizes->result / 0xffffff > delta_size)
    return fail(pack_.damage(layout_.offsets[position], "its delta says a size that its instructions cannot make"));
  if (frame.content.size() < sizes->result) frame.content.resize(sizes->result + sizes->result / 4 + 64);
  if (!apply_delta(base.view(), delta_.data(), delta_size, frame.content.data(), sizes->result))
    return fail(pack_.damage(layout_.offsets[position], "its delta does not fit its base"));
  frame.size = sizes->result;

  // Entries in the shared beginning.
  const std::string_view old = base.view(), now = frame.view();
  const size_t prefix = common_prefix(now, old);
  const auto& marks = base.boundaries;
  const size_t before = static_cast<size_t>(std::upper_bound(marks.begin(), marks.end(), static_cast<uint32_t>(prefix)) - marks.begin()) - 1;
  const size_t begin = marks[before];
  // Entries in the shared end: the first of the base's that lies wholly in it; the same place must be where an entry begins here, too.
  const size_t suffix = common_suffix(now, old, std::min(now.size(), old.size()) - begin);
  size_t after = static_cast<size_t>(std::lower_bound(marks.begin(), marks.end(), static_cast<uint32_t>(old.size() - suffix)) - marks.begin());
  frame.boundaries.assign(marks.begin(), marks.begin() + static_cast<ptrdiff_t>(before));
  frame.found.clear();
  for (const Found& found : base.found)
    if (found.offset < begin) frame.found.push_back(found);
  size_t at = begin;
  for (;;) {
    const size_t resume = now.size() - (old.size() - marks[after]);
    if (at == resume) break;
    if (at > resume) {  // in step with the base's next entry at the earliest
      if (++after == marks.size()) return fail(pack_.damage(layout_.offsets[position], "it is not a sound tree"));
      continue;
    }
    at = TRY(parse_one(position, frame, at));
  }
  const int64_t shift = static_cast<int64_t>(now.size()) - static_cast<int64_t>(old.size());
  for (size_t i = after; i < marks.size(); ++i) frame.boundaries.push_back(static_cast<uint32_t>(marks[i] + shift));
  for (const Found& found : base.found) {
    if (found.offset < marks[after]) continue;
    frame.found.push_back(found);
    frame.found.back().offset = static_cast<uint32_t>(found.offset + shift);
  }
  return {};
}

// Notes the entry at `at`; returns where the next one begins.
Result<size_t> TreeFamilies::parse_one(uint32_t position, Frame& frame, size_t at) {
  TreeReader reader(frame.view().substr(at));
  TreeEntry entry;
  if (!reader.next(entry)) return fail(pack_.damage(layout_.offsets[position], "it is not a sound tree"));
  frame.boundaries.push_back(static_cast<uint32_t>(at));
  if (keeps(entry)) frame.found.push_back({static_cast<uint32_t>(at), kept(entry, nullptr)});
  return at + entry.bytes.size();
}

bool TreeFamilies::keeps(const TreeEntry& entry) const {
  return entry.is_tree() || (entry.is_blob() && (interesting_.contains(entry.raw_id) || entry.name == ".gitattributes"));
}

KeptEntry TreeFamilies::kept(const TreeEntry& entry, const KeptEntry* old) {
  const uint32_t tree = entry.is_tree() ? numbers_.find(entry.id()) : kNone;
  if (tree == kNone) return {kNone, notes_.entries.intern(entry.bytes)};
  const std::string_view name = entry.bytes.substr(0, entry.bytes.size() - ObjectId::kSize);
  if (old && old->tree != kNone && notes_.names[old->text] == name) return {tree, old->text};
  return {tree, notes_.names.intern(name)};
}

void TreeFamilies::note(uint32_t position, const Frame& frame) {
  notes_.trees.push_back({part_.numbers[layout_.order[position]], static_cast<uint32_t>(notes_.kept.size()), static_cast<uint32_t>(frame.found.size())});
  for (const Found& found : frame.found) notes_.kept.push_back(found.entry);
}

}  // namespace lfsguard::git
