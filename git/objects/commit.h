// A commit's headers, read in place (git-commit-tree(1)): tree, parents, committer date, and where the message begins. And a tag's target.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "git/objects/object_type.h"

namespace lfsguard::git {

struct Commit {
  ObjectId tree_oid;
  std::vector<ObjectId> parent_oids;
  int64_t committer_date = 0;   // seconds since 1970; 0 where it cannot be read, as git takes it
  std::string_view author;      // "Name <mail> seconds zone"
  std::string_view committer;
  std::string_view message;
  bool plain = false;           // no other header but those: no signature, no encoding
  // First line of the message.
  std::string_view subject() const;
};

// nullopt when it does not begin with a sound tree line or a parent line is not sound.
std::optional<Commit> parse_commit(std::string_view content);
// The same into one that is used again; false where the other gives nullopt.
bool parse_commit(std::string_view content, Commit& commit);

struct TagTarget {
  ObjectId oid;
  ObjectType type = ObjectType::none;
};
std::optional<TagTarget> parse_tag_target(std::string_view content);

}  // namespace lfsguard::git
