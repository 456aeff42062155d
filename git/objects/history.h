// The commits that a set of tips reaches, with trees, parents and dates, in topological order.
//
// For a whole history every commit of the big packs is read once, in pack order, on all cores, and its parents become numbers there and then; a
// commit-graph spares the inflating. What is not there (loose, deltified, small packs) is read one by one. Replace refs and grafts are not heeded: what is stored is what
// is pushed; the shallow file is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/big_vector.h"
#include "base/error.h"
#include "git/objects/object_database.h"
#include "git/objects/id_positions.h"

namespace lfsguard::git {

class History {
 public:
  struct Node {
    ObjectId oid;
    ObjectId tree_oid;
    int64_t committer_date = 0;
    uint32_t parents_begin = 0;  // into the table of parents
    uint32_t parent_count : 31 = 0;
    uint32_t plain : 1 = 0;      // known to have no header but tree, parents, author and committer: no signature
  };

  struct Options {
    std::string common_dir;  // for the shallow file and the commit-graph; may be empty
    bool whole = true;       // the tips reach most of what is stored: read packs in bulk
    bool missing_is_fine = false;  // commits that are not stored (partial clone) are left out and counted, else an error
    // Commits at which the walk stops: neither they nor what they reach are members.
    std::vector<ObjectId> exclude;
  };
  // Every tip must be a commit.
  static Result<History> load(const ObjectDatabase& database, const std::vector<ObjectId>& tips, const Options& options);

  // Children before parents; a line of commits stays together.
  const BigVector<Node>& commits() const { return commits_; }
  // Indices into commits(); a parent outside (excluded, cut off by shallow) is not listed.
  std::span<const uint32_t> parents(const Node& node) const { return {parents_.data() + node.parents_begin, node.parent_count}; }
  // Position of a member, or UINT32_MAX.
  uint32_t position(const ObjectId& oid) const {
    return positions_.find(oid, [this](uint32_t at) -> const ObjectId& { return commits_[at].oid; });
  }
  // Hands its tables over.
  void give(BigVector<Node>& commits, BigVector<uint32_t>& parents, IdPositions& positions) {
    commits = std::move(commits_);
    parents = std::move(parents_);
    positions = std::move(positions_);
  }
  uint64_t missing() const { return missing_; }

 private:
  BigVector<Node> commits_;
  BigVector<uint32_t> parents_;
  IdPositions positions_;
  uint64_t missing_ = 0;
};

}  // namespace lfsguard::git
