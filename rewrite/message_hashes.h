// Hashes of rewritten commits in messages (--message-hashes rewrite): full ones, and abbreviations of seven digits or more that name just one of them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "git/objects/object_id_map.h"

namespace lfsguard::rewrite {

class MessageHashes {
 public:
  explicit MessageHashes(const git::ObjectIdMap<ObjectId>& moved) : moved_(moved) {}
  void add(const ObjectId& old_oid) { old_.insert(old_oid); }
  // An abbreviation keeps its length. What is part of a longer word is left alone.
  std::string replaced(std::string_view message) const;

 private:
  const git::ObjectIdMap<ObjectId>& moved_;
  std::set<ObjectId> old_;
};

}  // namespace lfsguard::rewrite
