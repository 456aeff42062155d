// Which commits bring in what breaks a rule: each commit's tree compared with the trees of all its parents.
//
// A violation (rule, blob, path) is brought in by a commit whose tree has it while none of its parents' trees does. A subtree that some
// parent has, byte for byte and under attributes that say the same about `filter`, brings in nothing and is not entered; in the others only
// entries that differ are looked at (git/objects/tree_diff.h). Where attributes differ, the whole subtree is judged under both. Commits are
// handed to all cores in runs of neighbours, so that each thread's cache of trees holds what the next commit needs.
//
// Where the policy allows growth, sizes of new versions are forgiven afterwards (scanner/growth.h).
//
// It says nothing about refs; scanner/attribution.h does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "git/attributes/attribute_stack.h"
#include "git/objects/object_database.h"
#include "git/objects/tree_digest.h"
#include "lfs/store/object_store.h"
#include "scanner/blob_facts.h"
#include "scanner/commit_list.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

struct Introduction {
  config::Rule rule = config::Rule::oversize;
  config::Severity severity = config::Severity::error;
  bool symlink = false;
  ObjectId blob;            // null for a rule that is not about one
  uint64_t size = 0;
  uint64_t limit = 0;
  uint32_t commit = 0;      // position in the CommitList
  std::string path;
  std::string message;      // of attributes-ignored; what the others say is made of size and limit
};

struct WalkOptions {
  // Every rule on every changed path; else only oversize and raw-in-lfs, on blobs that `surveyed` calls large.
  bool all_rules = false;
  // missing-object is judged (pushes): a pointer must have its object in one of `store` or be let through by `elsewhere`.
  const lfs::ObjectStore* store = nullptr;
  bool judge_missing_objects = false;
  const SurveyedBlobs* surveyed = nullptr;  // may be null when all_rules
  const git::TreeDigest* digest = nullptr;  // of the surveyed blobs: trees that lead to none are not entered; only without all_rules
  attributes::AttributeBase attributes;
};

struct WalkResult {
  std::vector<Introduction> introductions;
  std::vector<bool> met;                // by SurveyedBlobs position: some judged tree holds it
  std::vector<std::string> incomplete;  // trees (named with a commit) and attributes files that are not stored
  // Pointers in judged trees, for uploads (all_rules only): each with a commit and path that hold it.
  struct PointerUse {
    lfs::Pointer pointer;
    std::string path;
    uint32_t commit = 0;
  };
  std::vector<PointerUse> pointers;
};

Result<WalkResult> walk_history(const git::ObjectDatabase& database, const CommitList& commits, const PathPolicy& policy,
                                const WalkOptions& options, Progress& progress);

}  // namespace lfsguard::scanner
