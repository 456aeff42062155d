#include "scanner/commit_list.h"

#include "git/objects/commit.h"

namespace lfsguard::scanner {

CommitList CommitList::of_history(git::History history) {
  CommitList list;
  history.give(list.items_, list.parents_, list.positions_);
  list.parent_trees_.reserve(list.parents_.size());
  for (const uint32_t parent : list.parents_) list.parent_trees_.push_back(list.items_[parent].tree_oid);
  return list;
}

Result<CommitList> CommitList::of_ids(git::ObjectReader& reader, const std::vector<ObjectId>& ids, const git::ObjectIdSet& shallow) {
  CommitList list;
  list.positions_ = git::IdPositions(static_cast<uint32_t>(ids.size()), [&](uint32_t at) -> const ObjectId& { return ids[at]; });
  const auto position = [&](const ObjectId& oid) { return list.positions_.find(oid, [&](uint32_t at) -> const ObjectId& { return ids[at]; }); };
  git::ObjectIdMap<ObjectId> outside;
  struct Read {
    ObjectId tree_oid;
    int64_t date;
    std::vector<ObjectId> parent_oids;
  };
  const auto read = [&](const ObjectId& oid) -> Result<Read> {
    const git::Object object = TRY(reader.read(oid));
    const auto commit = object.type == git::ObjectType::commit ? git::parse_commit(object.view()) : std::nullopt;
    if (!commit) return fail(ErrorKind::corrupt, "not a sound commit", oid.hex(), "run 'git fsck'");
    return Read{commit->tree_oid, commit->committer_date, shallow.contains(oid) ? std::vector<ObjectId>() : commit->parent_oids};
  };
  std::vector<std::vector<ObjectId>> parent_oids;
  for (const ObjectId& oid : ids) {
    Read commit = TRY(read(oid));
    list.items_.push_back({oid, commit.tree_oid, commit.date, 0, 0});
    parent_oids.push_back(std::move(commit.parent_oids));
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    Item& item = list.items_[i];
    item.parents_begin = static_cast<uint32_t>(list.parents_.size());
    for (const ObjectId& parent : parent_oids[i]) {
      const uint32_t at = position(parent);
      if (at != UINT32_MAX) {
        list.parents_.push_back(at);
        list.parent_trees_.push_back(list.items_[at].tree_oid);
      } else {
        const auto [tree, fresh] = outside.insert(parent);
        if (fresh) *tree = TRY(read(parent)).tree_oid;
        list.parents_.push_back(UINT32_MAX);
        list.parent_trees_.push_back(*tree);
      }
      ++item.parent_count;
    }
  }
  return list;
}

uint32_t CommitList::add_bare_tree(const ObjectId& tree_oid) {
  items_.push_back({ObjectId{}, tree_oid, INT64_MAX, static_cast<uint32_t>(parents_.size()), 0});
  return static_cast<uint32_t>(items_.size() - 1);
}

}  // namespace lfsguard::scanner
