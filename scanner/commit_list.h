// The commits that a scan judges, each with the trees of all its parents, those outside the list included.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "git/objects/history.h"
#include "git/objects/object_id_map.h"
#include "git/objects/object_reader.h"

namespace lfsguard::scanner {

class CommitList {
 public:
  using Item = git::History::Node;

  // All of them, parents outside are those that are not stored.
  static CommitList of_history(git::History history);
  // Those of the ids given, children before parents (`git rev-list --topo-order`); parents are read, members or not. `shallow`: commits
  // whose parents are not looked at.
  static Result<CommitList> of_ids(git::ObjectReader& reader, const std::vector<ObjectId>& ids, const git::ObjectIdSet& shallow);

  const BigVector<Item>& items() const { return items_; }
  std::span<const ObjectId> parent_trees(const Item& item) const { return {parent_trees_.data() + item.parents_begin, item.parent_count}; }
  // Positions in items(), UINT32_MAX for one outside.
  std::span<const uint32_t> parents(const Item& item) const { return {parents_.data() + item.parents_begin, item.parent_count}; }
  // Position of a commit, or UINT32_MAX.
  uint32_t position(const ObjectId& oid) const {
    return positions_.find(oid, [this](uint32_t at) -> const ObjectId& { return items_[at].oid; });
  }
  // A tree that no commit holds (a tag of a tree): judged by itself, with a null id. Returns its position.
  uint32_t add_bare_tree(const ObjectId& tree_oid);

 private:
  BigVector<Item> items_;
  BigVector<ObjectId> parent_trees_;
  BigVector<uint32_t> parents_;
  git::IdPositions positions_;
};

}  // namespace lfsguard::scanner
