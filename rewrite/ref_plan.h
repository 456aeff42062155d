// Which refs a rewrite looks at, and what becomes of each.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "git/objects/object_reader.h"
#include "git/process/repository_layout.h"
#include "rewrite/options.h"

namespace lfsguard::rewrite {

struct PlannedRef {
  std::string name;     // full; "HEAD" or "worktrees/<id>/HEAD" for a work tree on no branch
  ObjectId old_oid;     // what it names
  ObjectId peeled;      // tags followed
  git::ObjectType type = git::ObjectType::none;  // of `peeled`
  enum class Role {
    selects,  // its files are looked at, and it is rewritten
    follows,  // it is rewritten where it reaches what is rewritten
    stays,    // left on the old history
  } role = Role::stays;
  ObjectId new_oid;     // null until known
};

// Default: branches, tags and HEADs select; stash, notes and custom refs follow; remote-tracking refs stay. With --ref: those select, and branches
// checked out there; nothing follows. --everything: custom refs select, too. Symbolic refs are left out. refs/lfsguard/ is never touched.
Result<std::vector<PlannedRef>> plan_refs(const git::RepositoryLayout& layout, git::ObjectReader& reader, const RewriteOptions& options);

// Commits named by --exclude-ref. Error usage: no such ref.
Result<std::vector<ObjectId>> excluded_tips(const git::RepositoryLayout& layout, git::ObjectReader& reader, const RewriteOptions& options);

}  // namespace lfsguard::rewrite
