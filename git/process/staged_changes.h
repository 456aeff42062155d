// What is staged, as git says: index entries whose blob no parent-to-be has at that path.
//
// `git diff-index --cached` reads the index whatever its form (split, sparse, v2 to v4, GIT_INDEX_FILE). During a merge the parents are HEAD
// and every MERGE_HEAD (or, while git merge runs its hook, what it is merging). Conflicts, deletions and intent-to-add entries are left out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/object_id.h"
#include "git/process/repository_layout.h"

namespace lfsguard::git {

struct StagedEntry {
  uint32_t mode = 0;
  ObjectId blob_oid;
  std::string path;  // from the top of the work tree, exact bytes
  bool is_symlink() const { return (mode & 0170000) == 0120000; }
};

// Files named .gitattributes that the index has otherwise than HEAD: with HEAD's trees they tell what the index's attributes are.
struct StagedAttributes {
  struct Change {
    uint32_t mode = 0;  // 0: not in the index
    ObjectId blob_oid;
  };
  bool unborn = false;    // there is no commit yet
  bool unmerged = false;  // one of them is in conflict
  std::map<std::string, Change> changed;
};

struct StagedChanges {
  std::vector<StagedEntry> entries;
  StagedAttributes attributes;
};

// One git process, one more for each MERGE_HEAD and one where there is no commit yet. Submodule entries are left out.
Result<StagedChanges> staged_changes(const RepositoryLayout& layout);

// What the next commit's parents are to be: HEAD, where there is a commit, and what is being merged.
Result<std::vector<ObjectId>> parents_to_be(const RepositoryLayout& layout);

// Which of the paths attributes make LFS of, by the index's .gitattributes (`from_index`) or the work tree's: `git check-attr`. One process for all.
Result<std::vector<bool>> covered_by_attributes(const RepositoryLayout& layout, const std::vector<std::string>& paths, bool from_index);

}  // namespace lfsguard::git
