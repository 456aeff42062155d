// What a rewrite will do, found step by step: which blobs are large, which refs and commits are in scope, which paths are converted, and what that means
// for each commit. Nothing is written.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/big_vector.h"
#include "base/progress.h"
#include "base/thread_pool.h"
#include "git/objects/history.h"
#include "git/objects/object_database.h"
#include "git/objects/object_id_map.h"
#include "git/objects/object_reader.h"
#include "git/process/repository_layout.h"
#include "lfs/store/object_store.h"
#include "rewrite/attributes_plan.h"
#include "rewrite/memory_shares.h"
#include "rewrite/options.h"
#include "rewrite/path_trie.h"
#include "rewrite/ref_plan.h"
#include "rewrite/report.h"
#include "rewrite/selection.h"
#include "rewrite/tree_order.h"
#include "rewrite/tree_survey.h"

namespace lfsguard::rewrite {

struct Plan {
  Plan(const git::RepositoryLayout& repository, const lfs::ObjectStore& objects, RewriteOptions what, bool fold_case, bool use_cache, Progress& watcher)
      : layout(repository), store(objects), options(std::move(what)), ignore_case(fold_case), cache(use_cache), progress(watcher), memory(options.memory, worker_count()) {}

  // The steps, in this order.
  Status open();
  Status find_large();      // blobs at or above the size
  Status load_history();    // refs and commits in scope; refuses what check_repository() refuses
  Status find_paths();      // which are converted
  Status survey_commits();  // what each commit holds of them, and the lines that it gets
  Status survey_trees();

  // By size alone, and no blob is so large: the run is over in the time of a scan.
  bool nothing_is_large() const { return options.above && large.empty() && !options.fixup; }
  bool changes(const ObjectId& commit_oid) const;
  bool changes(const PlannedRef& ref) const;
  // Index of a path that is converted, or PathTrie::kNone.
  uint32_t path_index(const std::string& path) const;
  // Seconds from the start on.
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(); }
  RewriteReport finished();

  const git::RepositoryLayout& layout;
  const lfs::ObjectStore& store;
  const RewriteOptions options;
  const bool ignore_case, cache;
  Progress& progress;
  const MemoryShares memory;
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  std::unique_ptr<git::ObjectDatabase> database;
  std::unique_ptr<git::ObjectReader> reader;
  std::unique_ptr<BlobKinds> kinds;
  git::ObjectIdSet large;
  std::vector<PlannedRef> refs;
  std::vector<ObjectId> stashes;     // older entries of the stash
  git::History history;              // commits in scope
  std::vector<ObjectId> bare_trees;  // of tags of trees
  PathTrie trie;
  std::unique_ptr<TreeSurvey> survey;
  std::unique_ptr<AttributesPlan> attributes;
  BigVector<TreeVisit> order;        // of commits, for what looks at their trees
  BigVector<std::string> steps;      // by commit: the delta from its neighbour's root tree to its own; empty: not known
  BigVector<RootFacts> facts;        // these three by commit
  BigVector<uint32_t> edits;
  std::vector<bool> affected;        // its tree or an ancestor changes
  std::map<ObjectId, std::pair<RootFacts, uint32_t>> tree_facts;  // facts and edit of bare trees
  RewriteReport report;

 private:
  Result<git::History> selecting_history();
  Result<std::vector<std::string>> covered_paths(const git::History& selecting, const PathSelection& selection);
};

}  // namespace lfsguard::rewrite
