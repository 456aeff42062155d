#include "rewrite/tree_order.h"

namespace lfsguard::rewrite {

BigVector<TreeVisit> tree_order(const git::History& history) {
  // By first parents alone history is a forest. Parents have higher positions than their children.
  constexpr uint32_t kNone = TreeVisit::kNone;
  const auto& commits = history.commits();
  BigVector<uint32_t> parent(commits.size(), kNone), size(commits.size(), 1), largest(commits.size(), kNone), child(commits.size(), kNone),
      sibling(commits.size(), kNone), ready;
  for (uint32_t i = 0; i < commits.size(); ++i) {
    const auto parents = history.parents(commits[i]);
    if (parents.empty()) {
      ready.push_back(i);
      continue;
    }
    const uint32_t up = parent[i] = parents[0];
    size[up] += size[i];
    if (largest[up] == kNone || size[largest[up]] < size[i]) largest[up] = i;
    sibling[i] = child[up];
    child[up] = i;
  }
  BigVector<TreeVisit> order;
  order.reserve(commits.size());
  while (!ready.empty()) {
    const uint32_t commit = ready.back();
    ready.pop_back();
    order.push_back({commit, parent[commit]});
    // The longest branch comes last, so that all start soon behind where they fork off.
    if (largest[commit] != kNone) ready.push_back(largest[commit]);
    for (uint32_t next = child[commit]; next != kNone; next = sibling[next])
      if (next != largest[commit]) ready.push_back(next);
  }
  return order;
}

}  // namespace lfsguard::rewrite
