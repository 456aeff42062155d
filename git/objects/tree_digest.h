// Every tree of the big packs brought down to what matters for a few blobs: entries that name one of them, .gitattributes, and subtrees that lead to one.
//
// A family of deltas is walked from its base outwards, so that each tree is made once, from a base that is still in the processor's cache, and only
// the stretch in which it differs from its base is parsed: what was found in the shared beginning and end is taken over. Then "leads to one" is
// propagated from trees to those that hold them, over indices, without another look at content. All cores.
//
// Trees that are loose or in small packs are not digested: they count as leading anywhere, and whoever walks reads them whole.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "git/objects/object_database.h"
#include "git/objects/object_id_map.h"

namespace lfsguard::git {

class TreeDigest {
 public:
  static Result<TreeDigest> make(const ObjectDatabase& database, const std::vector<ObjectId>& interesting_blobs);

  enum class Kind { unknown, clean, leads };
  // unknown: not digested. clean: nothing below is interesting.
  Kind kind(const ObjectId& tree_oid) const;
  // The tree's interesting entries as a tree object's bytes, in stored order; only for one that leads.
  std::string content(const ObjectId& tree_oid) const;

  TreeDigest(TreeDigest&&) noexcept;
  ~TreeDigest();

 private:
  struct State;
  explicit TreeDigest(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lfsguard::git
