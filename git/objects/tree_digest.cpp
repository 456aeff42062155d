#include "git/objects/tree_digest.h"

#include <span>

#include "base/thread_pool.h"
#include "git/objects/first_error.h"
#include "git/objects/tree_families.h"

namespace lfsguard::git {
namespace {

constexpr uint32_t kDigestedPack = 2000;  // objects from which on a pack is digested

}  // namespace

struct TreeDigest::State {
  struct Tree {
    uint32_t begin = 0, count = 0;  // into kept of the worker
    uint16_t worker = 0;
    bool made = false;
    bool leads = false;
  };
  TreeNumbers numbers;
  BigVector<Tree> trees;  // by number
  std::vector<TreeNotes> notes{worker_count()};

  std::span<const KeptEntry> kept(const Tree& tree) const { return {notes[tree.worker].kept.data() + tree.begin, tree.count}; }
};

TreeDigest::TreeDigest(std::unique_ptr<State> state) : state_(std::move(state)) {}
TreeDigest::TreeDigest(TreeDigest&&) noexcept = default;
TreeDigest::~TreeDigest() = default;

Result<TreeDigest> TreeDigest::make(const ObjectDatabase& database, const std::vector<ObjectId>& interesting_blobs) {
  const IdFilter interesting(interesting_blobs);
  auto state = std::make_unique<State>();
  for (const auto& source : database.sources())
    for (const auto& pack : source.packs)
      if (pack->index().count() >= kDigestedPack) state->numbers.add(*pack, *TRY(pack->layout()));

  for (const TreeNumbers::Part& part : state->numbers.parts()) {
    const TreeFamilies::Kin kin(*part.layout);
    FirstError error;
    std::vector<std::unique_ptr<TreeFamilies>> families(worker_count());
    parallel_for(kin.roots.size(), 8, [&](size_t begin, size_t end, unsigned worker) {
      if (!families[worker]) families[worker] = std::make_unique<TreeFamilies>(state->numbers, part, kin, interesting, state->notes[worker]);
      for (size_t i = begin; i < end; ++i)
        if (Status status = families[worker]->walk(kin.roots[i]); !status) return error.set(part.layout->offsets[kin.roots[i]], std::move(status).error());
    });
    TRY(error.status());
  }
  state->trees.resize(state->numbers.size());
  for (size_t worker = 0; worker < state->notes.size(); ++worker) {
    for (const TreeNotes::Tree& tree : state->notes[worker].trees) state->trees[tree.number] = {tree.begin, tree.count, static_cast<uint16_t>(worker), true, false};
    state->notes[worker].trees = {};
  }

  // Leads: by itself (an interesting blob, or a subtree nobody knows), then upwards. Holders are listed by counting sort.
  BigVector<uint32_t> start(state->trees.size() + 1);
  const auto each_child = [&](auto visit) {
    for (uint32_t i = 0; i < state->trees.size(); ++i)
      for (const KeptEntry& kept : state->kept(state->trees[i]))
        if (kept.tree != TreeNumbers::kUnknown) visit(i, kept.tree);
  };
  each_child([&](uint32_t, uint32_t child) { ++start[child + 1]; });
  for (size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
  BigVector<uint32_t> holders(start.back()), next(start.begin(), start.end() - 1);
  each_child([&](uint32_t holder, uint32_t child) { holders[next[child]++] = holder; });
  std::vector<uint32_t> pending;
  for (uint32_t i = 0; i < state->trees.size(); ++i) {
    State::Tree& tree = state->trees[i];
    for (const KeptEntry& kept : state->kept(tree)) {
      if (kept.tree != TreeNumbers::kUnknown) continue;
      TreeReader reader(state->notes[tree.worker].entries[kept.text]);
      TreeEntry entry;
      reader.next(entry);
      tree.leads = tree.leads || entry.is_tree() || interesting.contains(entry.raw_id);
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
  const uint32_t number = state_->numbers.find(tree_oid);
  if (number == TreeNumbers::kUnknown || !state_->trees[number].made) return Kind::unknown;
  return state_->trees[number].leads ? Kind::leads : Kind::clean;
}

std::string TreeDigest::content(const ObjectId& tree_oid) const {
  const State::Tree& tree = state_->trees[state_->numbers.find(tree_oid)];
  const TreeNotes& notes = state_->notes[tree.worker];
  std::string content;
  for (const KeptEntry& kept : state_->kept(tree)) {
    if (kept.tree == TreeNumbers::kUnknown) {
      content += notes.entries[kept.text];
    } else if (state_->trees[kept.tree].leads) {
      content += notes.names[kept.text];
      content += state_->numbers.oid(kept.tree).raw();
    }
  }
  return content;
}

}  // namespace lfsguard::git
