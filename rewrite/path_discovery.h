// Which paths are converted: every path at which some commit in scope holds a file that the selection takes.
//
// Each commit's tree is compared with its first parent's; by induction what is unchanged was met before. All cores.
#pragma once

#include "base/progress.h"
#include "git/objects/history.h"
#include "git/objects/object_database.h"
#include "git/objects/object_id_map.h"
#include "git/objects/tree_digest.h"
#include "rewrite/path_trie.h"
#include "rewrite/selection.h"

namespace lfsguard::rewrite {

struct DiscoveryInput {
  const git::History* history = nullptr;
  std::vector<ObjectId> bare_trees;        // tags of trees
  const git::ObjectIdSet* large = nullptr; // by size: only blobs in here select a path; null: any convertible file does
  const git::TreeDigest* digest = nullptr; // of these blobs; may be null
};

// Paths in order of their bytes.
Result<std::vector<std::string>> discover_paths(const git::ObjectDatabase& database, const DiscoveryInput& input, const PathSelection& selection,
                                                const RewriteOptions& options, Progress& progress);

}  // namespace lfsguard::rewrite
