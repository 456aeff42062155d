#include "git/objects/tree_digest.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/thread_pool.h"
#include "git/objects/delta.h"
#include "git/objects/first_error.h"
#include "git/objects/inflate.h"
#include "git/objects/pack_layout.h"
#include "git/objects/tree.h"

namespace lfsguard::git {
namespace {

constexpr uint32_t kDigestedPack = 2000;  // objects from which on a pack is digested
constexpr uint32_t kUnknown = UINT32_MAX;
constexpr uint64_t kTreeMax = 1ull << 30;  // a larger tree is not taken into memory here

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

// The few ids; most others are told apart by their first two bytes.
class IdFilter {
 public:
  explicit IdFilter(const std::vector<ObjectId>& ids) : ids_(ids.size()), bits_(1024) {
    for (const ObjectId& id : ids) {
      ids_.insert(id);
      const unsigned first = first_bytes(id.bytes.data());
      bits_[first / 64] |= 1ull << (first % 64);
    }
  }
  bool contains(const uint8_t* raw_id) const {
    const unsigned first = first_bytes(raw_id);
    return (bits_[first / 64] >> (first % 64) & 1) && ids_.contains(ObjectId::from_raw(raw_id));
  }

 private:
  static unsigned first_bytes(const uint8_t* raw_id) { return static_cast<unsigned>(raw_id[0]) << 8 | raw_id[1]; }
  ObjectIdSet ids_;
  std::vector<uint64_t> bits_;
};

}  // namespace

// What is kept of an entry. A subtree is an index; everything else keeps its bytes in a pool.
struct TreeDigest::State {
  struct Kept {
    uint32_t tree = kUnknown;  // of a subtree that was digested
    uint32_t text = 0;         // its name, into names of the worker; else the whole entry, into entries
  };
  struct Tree {
    ObjectId oid;
    uint32_t begin = 0, count = 0;  // into kept of the worker
    uint16_t worker = 0;
    bool leads = false;
    bool made = false;
  };
  struct Worker {
    std::vector<Kept> kept;
    std::vector<std::string> names;    // "40000 name\0"
    std::unordered_map<std::string, uint32_t> name_ids;
    std::vector<std::string> entries;  // bytes of interesting blobs' and attributes files' entries, and of subtrees that were not digested
    std::unordered_map<std::string, uint32_t> entry_ids;
    Inflater inflater;
    std::vector<uint8_t> delta;
  };
  ObjectIdMap<uint32_t> index;  // id -> trees
  std::vector<Tree> trees;
  std::vector<Worker> workers{worker_count()};
};

namespace {

// A tree on the way from its base to its deltas.
struct Frame {
  struct Found {
    uint32_t offset = 0;  // of the entry in the content
    uint32_t tree = kUnknown, text = 0;
  };
  std::vector<uint8_t> content;
  size_t size = 0;
  std::vector<uint32_t> boundaries;  // where entries begin, and the end
  std::vector<Found> found;
  uint32_t next_child = UINT32_MAX;
  std::string_view view() const { return {reinterpret_cast<const char*>(content.data()), size}; }
};

template <typename State>
class FamilyWalk {
 public:
  FamilyWalk(const PackFile& pack, const PackLayout& layout, const std::vector<uint32_t>& first_child, const std::vector<uint32_t>& next_sibling,
             State& state, unsigned worker, const IdFilter& interesting)
      : pack_(pack), layout_(layout), first_child_(first_child), next_sibling_(next_sibling), state_(state), number_(worker),
        worker_(state.workers[worker]), interesting_(interesting) {}

  Status walk(uint32_t root) {
    size_t depth = 0;
    if (frames_.empty()) frames_.emplace_back(std::make_unique<Frame>());
    TRY(make_root(root, *frames_[0]));
    keep(root, *frames_[0]);
    frames_[0]->next_child = first_child_[root];
    for (;;) {
      const uint32_t child = frames_[depth]->next_child;
      if (child == UINT32_MAX) {
        if (depth == 0) return {};
        --depth;
        continue;
      }
      frames_[depth]->next_child = next_sibling_[child];
      if (frames_.size() == depth + 1) frames_.emplace_back(std::make_unique<Frame>());
      Frame& frame = *frames_[depth + 1];
      TRY(make_delta(child, *frames_[depth], frame));
      keep(child, frame);
      frame.next_child = first_child_[child];
      ++depth;
    }
  }

 private:
  Status inflate(uint32_t position, PackEntry& entry, std::vector<uint8_t>& out) {
    const uint64_t offset = layout_.offsets[position];
    pack_.entry(offset, entry);
    const uint64_t available = pack_.end() - entry.stream_offset;
    if (entry.size > kTreeMax || entry.size / 1040 > available) return fail(pack_.damage(offset, "it says a size that its stream cannot have"));
    if (out.size() < entry.size) out.resize(entry.size + entry.size / 4 + 64);
    if (!worker_.inflater.whole(pack_.data() + entry.stream_offset, available, out.data(), entry.size))
      return fail(pack_.damage(offset, "its stream does not inflate to the size in its header"));
    return {};
  }

  Status make_root(uint32_t position, Frame& frame) {
    PackEntry entry;
    TRY(inflate(position, entry, frame.content));
    frame.size = entry.size;
    frame.boundaries.clear();
    frame.found.clear();
    TRY(parse(position, frame, 0, frame.size));
    frame.boundaries.push_back(static_cast<uint32_t>(frame.size));
    return {};
  }

  Status make_delta(uint32_t position, const Frame& base, Frame& frame) {
    PackEntry entry;
    TRY(inflate(position, entry, worker_.delta));
    const auto sizes = decode_delta_sizes(worker_.delta.data(), entry.size);
    if (!sizes || sizes->result > kTreeMax || sizes->result / 0xffffff > entry.size)
      return fail(pack_.damage(layout_.offsets[position], "its delta says a size that its instructions cannot make"));
    if (frame.content.size() < sizes->result) frame.content.resize(sizes->result + sizes->result / 4 + 64);
    if (!apply_delta(base.view(), worker_.delta.data(), entry.size, frame.content.data(), sizes->result))
      return fail(pack_.damage(layout_.offsets[position], "its delta does not fit its base"));
    frame.size = sizes->result;

    // Entries in the shared beginning.
    const std::string_view old = base.view(), now = frame.view();
    const size_t prefix = common_prefix(now, old);
    const auto& marks = base.boundaries;
    size_t before = static_cast<size_t>(std::upper_bound(marks.begin(), marks.end(), static_cast<uint32_t>(prefix)) - marks.begin()) - 1;
    const size_t begin = marks[before];
    // Entries in the shared end: the first of the base's that lies wholly in it; the same place must be where an entry begins here, too.
    const size_t suffix = common_suffix(now, old, std::min(now.size(), old.size()) - begin);
    size_t after = static_cast<size_t>(std::lower_bound(marks.begin(), marks.end(), static_cast<uint32_t>(old.size() - suffix)) - marks.begin());
    frame.boundaries.assign(marks.begin(), marks.begin() + static_cast<ptrdiff_t>(before));
    frame.found.clear();
    for (const Frame::Found& found : base.found)
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
    for (const Frame::Found& found : base.found) {
      if (found.offset < marks[after]) continue;
      frame.found.push_back(found);
      frame.found.back().offset = static_cast<uint32_t>(found.offset + shift);
    }
    return {};
  }

  Status parse(uint32_t position, Frame& frame, size_t at, size_t end) {
    while (at < end) at = TRY(parse_one(position, frame, at));
    return {};
  }

  // Notes the entry at `at`; returns where the next one begins.
  Result<size_t> parse_one(uint32_t position, Frame& frame, size_t at) {
    TreeReader reader(frame.view().substr(at));
    TreeEntry entry;
    if (!reader.next(entry)) return fail(pack_.damage(layout_.offsets[position], "it is not a sound tree"));
    frame.boundaries.push_back(static_cast<uint32_t>(at));
    if (entry.is_tree()) {
      Frame::Found found{static_cast<uint32_t>(at), kUnknown, 0};
      if (const uint32_t* tree = state_.index.find(entry.id())) {
        found.tree = *tree;
        found.text = intern(worker_.names, worker_.name_ids, std::string(entry.bytes.substr(0, entry.bytes.size() - ObjectId::kSize)));
      } else {
        found.text = intern(worker_.entries, worker_.entry_ids, std::string(entry.bytes));
      }
      frame.found.push_back(found);
    } else if (entry.is_blob() && (interesting_.contains(entry.raw_id) || entry.name == ".gitattributes")) {
      frame.found.push_back({static_cast<uint32_t>(at), kUnknown, intern(worker_.entries, worker_.entry_ids, std::string(entry.bytes))});
    }
    return at + entry.bytes.size();
  }

  static uint32_t intern(std::vector<std::string>& texts, std::unordered_map<std::string, uint32_t>& ids, std::string text) {
    const auto [slot, fresh] = ids.try_emplace(std::move(text), static_cast<uint32_t>(texts.size()));
    if (fresh) texts.push_back(slot->first);
    return slot->second;
  }

  void keep(uint32_t position, const Frame& frame) {
    auto& tree = state_.trees[*state_.index.find(pack_.index().id(layout_.order[position]))];
    if (tree.made) return;  // a twin in another pack
    tree.made = true;
    tree.worker = static_cast<uint16_t>(number_);
    tree.begin = static_cast<uint32_t>(worker_.kept.size());
    tree.count = static_cast<uint32_t>(frame.found.size());
    for (const Frame::Found& found : frame.found) worker_.kept.push_back({found.tree, found.text});
  }

  const PackFile& pack_;
  const PackLayout& layout_;
  const std::vector<uint32_t>& first_child_;
  const std::vector<uint32_t>& next_sibling_;
  State& state_;
  unsigned number_;
  typename State::Worker& worker_;
  const IdFilter& interesting_;
  std::vector<std::unique_ptr<Frame>> frames_;
};

}  // namespace

TreeDigest::TreeDigest(std::unique_ptr<State> state) : state_(std::move(state)) {}
TreeDigest::TreeDigest(TreeDigest&&) noexcept = default;
TreeDigest::~TreeDigest() = default;

Result<TreeDigest> TreeDigest::make(const ObjectDatabase& database, const std::vector<ObjectId>& interesting_blobs) {
  const IdFilter interesting(interesting_blobs);
  auto state = std::make_unique<State>();
  struct Part {
    const PackFile* pack;
    const PackLayout& layout;
  };
  std::vector<Part> parts;
  for (const auto& source : database.sources())
    for (const auto& pack : source.packs)
      if (pack->index().count() >= kDigestedPack) parts.push_back({pack.get(), *TRY(pack->layout())});
  size_t expected = 0;
  for (const Part& part : parts) expected += static_cast<size_t>(std::count(part.layout.types.begin(), part.layout.types.end(), ObjectType::tree));
  state->index.reserve(expected);
  state->trees.reserve(expected);
  for (const Part& part : parts)
    for (size_t i = 0; i < part.layout.types.size(); ++i) {
      if (part.layout.types[i] != ObjectType::tree) continue;
      const ObjectId oid = part.pack->index().id(part.layout.order[i]);
      if (state->index.insert(oid, static_cast<uint32_t>(state->trees.size())).second) state->trees.push_back({oid, 0, 0, 0, false, false});
    }

  for (const Part& part : parts) {
    const size_t count = part.layout.types.size();
    std::vector<uint32_t> first_child(count, UINT32_MAX), next_sibling(count, UINT32_MAX), roots;
    for (size_t i = count; i-- > 0;) {
      if (part.layout.types[i] != ObjectType::tree) continue;
      const uint32_t base = part.layout.base[i];
      if (base == PackLayout::kNoBase) {
        roots.push_back(static_cast<uint32_t>(i));
      } else {
        next_sibling[i] = first_child[base];
        first_child[base] = static_cast<uint32_t>(i);
      }
    }
    FirstError error;
    std::vector<std::unique_ptr<FamilyWalk<State>>> walks(worker_count());
    // A twin of a tree in two packs is made by both; one pack at a time, so that no two workers touch the same one.
    parallel_for(roots.size(), 8, [&](size_t begin, size_t end, unsigned worker) {
      if (!walks[worker]) walks[worker] = std::make_unique<FamilyWalk<State>>(*part.pack, part.layout, first_child, next_sibling, *state, worker, interesting);
      for (size_t i = begin; i < end; ++i)
        if (Status status = walks[worker]->walk(roots[i]); !status) return error.set(part.layout.offsets[roots[i]], std::move(status).error());
    });
    TRY(error.status());
  }

  // Leads: by itself (an interesting blob, or a subtree nobody knows), then upwards. Holders are listed by counting sort.
  std::vector<uint32_t> start(state->trees.size() + 1);
  const auto each_child = [&](auto visit) {
    for (uint32_t i = 0; i < state->trees.size(); ++i) {
      const State::Tree& tree = state->trees[i];
      const State::Kept* kept = state->workers[tree.worker].kept.data() + tree.begin;
      for (uint32_t k = 0; k < tree.count; ++k)
        if (kept[k].tree != kUnknown) visit(i, kept[k].tree);
    }
  };
  each_child([&](uint32_t, uint32_t child) { ++start[child + 1]; });
  for (size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
  std::vector<uint32_t> holders(start.back()), next(start.begin(), start.end() - 1);
  each_child([&](uint32_t holder, uint32_t child) { holders[next[child]++] = holder; });
  std::vector<uint32_t> pending;
  for (uint32_t i = 0; i < state->trees.size(); ++i) {
    State::Tree& tree = state->trees[i];
    const State::Worker& worker = state->workers[tree.worker];
    for (uint32_t k = 0; k < tree.count && !tree.leads; ++k) {
      const State::Kept& kept = worker.kept[tree.begin + k];
      if (kept.tree != kUnknown) continue;
      TreeReader reader(worker.entries[kept.text]);
      TreeEntry entry;
      reader.next(entry);
      tree.leads = entry.is_tree() || interesting.contains(entry.raw_id);
    }
    if (tree.leads) pending.push_back(i);
  }
  while (!pending.empty()) {
    const uint32_t at = pending.back();
    pending.pop_back();
    for (uint32_t h = start[at]; h < start[at + 1]; ++h) {
      State::Tree& holder = state->trees[holders[h]];
      if (holder.leads) continue;
      holder.leads = true;
      pending.push_back(holders[h]);
    }
  }
  return TreeDigest(std::move(state));
}

TreeDigest::Kind TreeDigest::kind(const ObjectId& tree_oid) const {
  const uint32_t* at = state_->index.find(tree_oid);
  if (!at || !state_->trees[*at].made) return Kind::unknown;
  return state_->trees[*at].leads ? Kind::leads : Kind::clean;
}

std::string TreeDigest::content(const ObjectId& tree_oid) const {
  const State::Tree& tree = state_->trees[*state_->index.find(tree_oid)];
  const State::Worker& worker = state_->workers[tree.worker];
  std::string content;
  for (uint32_t k = 0; k < tree.count; ++k) {
    const State::Kept& kept = worker.kept[tree.begin + k];
    if (kept.tree == kUnknown) {
      content += worker.entries[kept.text];
    } else if (state_->trees[kept.tree].leads) {
      content += worker.names[kept.text];
      content += state_->trees[kept.tree].oid.raw();
    }
  }
  return content;
}

}  // namespace lfsguard::git
