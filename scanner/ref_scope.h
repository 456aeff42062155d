// The refs that a scan speaks for, and the objects that they come down to.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "git/objects/object_reader.h"
#include "git/process/repository_layout.h"

namespace lfsguard::scanner {

struct ScopeRef {
  std::string name;   // "refs/heads/main", "HEAD", "worktrees/<id>/HEAD"; exact bytes
  ObjectId oid;       // as the ref says
  ObjectId peeled;    // tags followed
  git::ObjectType type = git::ObjectType::none;  // of `peeled`
};

// Every ref but refs/lfsguard/, and every work tree's HEAD that is on no branch. One git process; more in a reftable repository. Peeled.
Result<std::vector<ScopeRef>> all_refs(const git::RepositoryLayout& layout, git::ObjectReader& reader);

// The refs that the names given stand for, as git resolves them (`main` is refs/heads/main). One that is no ref (an id, `main~3`)
// gives a ScopeRef without name.
Result<std::vector<ScopeRef>> named_refs(const git::RepositoryLayout& layout, git::ObjectReader& reader, const std::vector<std::string>& names);

// Whether every object that the repository's ref files name is stored: a quick look that starts no process. False asks for a closer one: a ref file may
// be broken or outdated, or refs may lie in other files (reftable).
bool ref_files_are_sound(const std::string& common_dir, const git::ObjectDatabase& database);

// Follows tags. Error not_found names the ref whose object is not stored.
Status peel(ScopeRef& ref, git::ObjectReader& reader);

}  // namespace lfsguard::scanner
