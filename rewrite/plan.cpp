#include "rewrite/plan.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "base/table_memory.h"
#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/first_error.h"
#include "rewrite/path_discovery.h"
#include "rewrite/preflight.h"
#include "rewrite/recent.h"
#include "rewrite/stash.h"
#include "scanner/history_walk.h"
#include "scanner/repository_survey.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kDigestFrom = 2000;  // commits from which on trees are brought down first
constexpr size_t kSurveyRun = 2048;   // commits that a worker takes at once

}  // namespace

Status Plan::open() {
  table_memory::set_limit(memory.tables, layout.common_dir);
  database = TRY(git::ObjectDatabase::open(layout.object_dir));
  reader = std::make_unique<git::ObjectReader>(*database, memory.reader);
  kinds = std::make_unique<BlobKinds>(*reader, options);
  return {};
}

Status Plan::find_large() {
  if (!options.above) return {};
  const std::string cache_dir = cache ? layout.private_dir() + "/cache" : std::string();
  const auto found = TRY(scanner::survey_repository(*database, {*options.above, false}, cache_dir, progress));
  for (const git::SizedBlob& blob : found.large) large.insert(blob.oid);
  return {};
}

Status Plan::load_history() {
  refs = TRY(plan_refs(layout, *reader, options));
  TRY(check_repository(layout, refs));
  std::vector<ObjectId> tips;
  git::History::Options load;
  load.common_dir = layout.common_dir;
  for (const PlannedRef& ref : refs) {
    if (ref.role == PlannedRef::Role::stays || ref.name.starts_with("refs/notes/")) continue;
    if (ref.type == git::ObjectType::commit) tips.push_back(ref.peeled);
    if (ref.type == git::ObjectType::tree && ref.role == PlannedRef::Role::selects) bare_trees.push_back(ref.peeled);
  }
  const auto stash = std::find_if(refs.begin(), refs.end(), [](const PlannedRef& ref) { return ref.name == "refs/stash"; });
  if (stash != refs.end() && stash->role == PlannedRef::Role::follows) {
    stashes = older_stashes(layout);
    std::vector<ObjectId> entries = stashes;
    entries.push_back(stash->old_oid);
    for (const ObjectId& entry : entries) {
      const git::Object object = TRY(reader->read(entry));
      const auto commit = git::parse_commit(object.view());
      // A third parent holds untracked files: never pushed, left alone.
      if (commit && commit->parent_oids.size() > 2) load.exclude.push_back(commit->parent_oids[2]);
    }
    tips.insert(tips.end(), stashes.begin(), stashes.end());
  }
  const std::vector<ObjectId> excluded = TRY(excluded_tips(layout, *reader, options));
  if (!excluded.empty()) {
    const git::History kept = TRY(git::History::load(*database, excluded, {layout.common_dir, true, false, {}}));
    for (const auto& commit : kept.commits()) load.exclude.push_back(commit.oid);
  }
  history = TRY(git::History::load(*database, tips, load));
  report.commits_examined = history.commits().size();
  if (options.tips_follow)
    for (PlannedRef& ref : refs)
      if (ref.role == PlannedRef::Role::stays && ref.type == git::ObjectType::commit && (ref.name.starts_with("refs/heads/") || ref.name.starts_with("refs/tags/")) &&
          history.position(ref.peeled) != UINT32_MAX)
        ref.role = PlannedRef::Role::follows;
  return {};
}

// Commits that refs which select reach: where paths are looked for.
Result<git::History> Plan::selecting_history() {
  std::vector<ObjectId> tips;
  bool all = true;
  for (const PlannedRef& ref : refs) {
    if (ref.type != git::ObjectType::commit || ref.role == PlannedRef::Role::stays || ref.name.starts_with("refs/notes/")) continue;
    if (ref.role == PlannedRef::Role::selects) tips.push_back(ref.peeled);
    else all = false;
  }
  if (all && stashes.empty()) return history;
  git::History::Options load;
  load.common_dir = layout.common_dir;
  const std::vector<ObjectId> excluded = TRY(excluded_tips(layout, *reader, options));
  if (!excluded.empty()) {
    const git::History kept = TRY(git::History::load(*database, excluded, {layout.common_dir, true, false, {}}));
    for (const auto& commit : kept.commits()) load.exclude.push_back(commit.oid);
  }
  return git::History::load(*database, tips, load);
}

Status Plan::find_paths() {
  const git::History selecting = TRY(selecting_history());
  const PathSelection selection(options, ignore_case);
  std::vector<bool> only_covered;
  const bool by_path = options.above || !options.include.empty() || options.direction == Direction::to_files;
  if (by_path) {
    DiscoveryInput input{&selecting, bare_trees, options.above ? &large : nullptr, nullptr};
    std::optional<git::TreeDigest> digest;
    if (options.above && selecting.commits().size() >= kDigestFrom) {
      std::vector<ObjectId> blobs;
      large.for_each([&](const ObjectId& oid, const git::Nothing&) { blobs.push_back(oid); });
      digest.emplace(TRY(git::TreeDigest::make(*database, blobs)));
      input.digest = &*digest;
    }
    for (const std::string& path : TRY(discover_paths(*database, input, selection, options, progress))) trie.add(path);
  }
  only_covered.assign(trie.paths().size(), false);
  if (options.fixup) {
    for (const std::string& path : TRY(covered_paths(selecting, selection))) {
      const uint32_t index = trie.add(path);
      if (index >= only_covered.size()) only_covered.resize(index + 1, true);
    }
  } else {
    only_covered.clear();
  }
  survey = std::make_unique<TreeSurvey>(*reader, trie, *kinds, std::move(only_covered), memory.memo);
  attributes = std::make_unique<AttributesPlan>(*reader, trie, *survey, options);
  return {};
}

// --fixup: paths at which some commit holds a file that its own attributes cover, and that is no pointer.
Result<std::vector<std::string>> Plan::covered_paths(const git::History& selecting, const PathSelection& selection) {
  config::Policy policy;
  policy.severities[static_cast<size_t>(config::Rule::raw_in_lfs)] = config::Severity::error;
  policy.threshold = UINT64_MAX;
  const scanner::PathPolicy path_policy(policy, ignore_case, "");
  scanner::WalkOptions walk;
  walk.all_rules = true;
  walk.attributes = attributes::AttributeBase({}, ignore_case);
  std::vector<std::string> paths;
  const scanner::WalkResult found = TRY(scanner::walk_history(*database, scanner::CommitList::of_history(selecting), path_policy, walk, progress));
  for (const auto& introduction : found.introductions)
    if (!introduction.symlink && selection.takes(introduction.path)) paths.push_back(introduction.path);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

// Each worker surveys runs of commits by itself; what they found is put together afterwards.
Status Plan::survey_trees() {
  struct Worker {
    git::ObjectReader reader;
    BlobKinds kinds;
    TreeSurvey survey;
    explicit Worker(const Plan& plan)
        : reader(*plan.database, plan.memory.reader), kinds(reader, plan.options), survey(reader, plan.trie, kinds, plan.survey->only_covered(), plan.memory.memo) {}
  };
  const auto& commits = history.commits();
  order = tree_order(history);
  steps.resize(commits.size());
  std::vector<std::unique_ptr<Worker>> workers(worker_count());  // the first is ourselves
  std::vector<uint16_t> surveyed_by(commits.size());
  std::atomic<size_t> step_bytes{0}, done{0};
  git::FirstError error;
  parallel_for(order.size(), kSurveyRun, [&](size_t begin, size_t end, unsigned worker) {
    if (worker != 0 && !workers[worker]) workers[worker] = std::make_unique<Worker>(*this);
    TreeSurvey& own = worker == 0 ? *survey : workers[worker]->survey;
    Recent<uint32_t, TreeSurvey::Root> recent(memory.recent);  // by commit
    std::string step;
    for (size_t i = begin; i < end; ++i) {
      const auto [commit, near] = order[i];
      auto root = own.root(commits[commit].tree_oid, recent.find(near), step);
      if (!root) return error.set(i, std::move(root).error());
      facts[commit] = root->facts;
      surveyed_by[commit] = static_cast<uint16_t>(worker);
      if (root->facts.files != 0 && (step_bytes += step.size()) < memory.steps) steps[commit] = step;
      const size_t size = root->tree.size;
      recent.add(commit, std::move(*root), size);
    }
    progress.advance(done += end - begin);
  });
  TRY(error.status());
  for (size_t worker = 1; worker < workers.size(); ++worker) {
    if (!workers[worker]) continue;
    const TreeSurvey::Renamed renamed = survey->absorb(workers[worker]->survey);
    workers[worker].reset();
    for (size_t i = 0; i < commits.size(); ++i)
      if (surveyed_by[i] == worker) facts[i] = {renamed.files[facts[i].files], renamed.attributes[facts[i].attributes]};
  }
  return {};
}

Status Plan::survey_commits() {
  const auto& commits = history.commits();
  progress.phase("Surveying trees", commits.size(), "commits");
  facts.resize(commits.size());
  edits.resize(commits.size());
  affected.resize(commits.size());
  TRY(survey_trees());
  for (size_t i = commits.size(); i-- > 0;) {  // parents first
    edits[i] = TRY(attributes->edit_for(commits[i].tree_oid, facts[i]));
    affected[i] = facts[i].files != 0;
    for (const uint32_t parent : history.parents(commits[i])) affected[i] = affected[i] || affected[parent];
    report.commits_rewritten += affected[i];
  }
  for (const ObjectId& tree : bare_trees) {
    std::string step;
    const RootFacts tree_fact = TRY(survey->root(tree, nullptr, step)).facts;
    tree_facts[tree] = {tree_fact, TRY(attributes->edit_for(tree, tree_fact))};
  }
  if (!survey->missing().empty())
    return fail(ErrorKind::unsupported, "a file that must be converted is not stored here (a partial clone)", survey->missing().begin()->hex(),
                "git fetch --refetch --no-filter, then run the command again");
  return {};
}

bool Plan::changes(const ObjectId& commit_oid) const {
  const uint32_t at = history.position(commit_oid);
  return at != UINT32_MAX && at < affected.size() && affected[at];
}

bool Plan::changes(const PlannedRef& ref) const {
  if (ref.role == PlannedRef::Role::stays) return false;
  if (ref.type == git::ObjectType::commit) return changes(ref.peeled);
  if (ref.type != git::ObjectType::tree) return false;
  const auto found = tree_facts.find(ref.peeled);
  return found != tree_facts.end() && found->second.first.files != 0;
}

uint32_t Plan::path_index(const std::string& path) const {
  uint32_t node = PathTrie::kRoot;
  size_t begin = 0;
  for (size_t slash; (slash = path.find('/', begin)) != std::string::npos; begin = slash + 1) {
    node = trie.directory(node, std::string_view(path).substr(begin, slash - begin));
    if (node == PathTrie::kNone) return PathTrie::kNone;
  }
  return trie.file(node, std::string_view(path).substr(begin));
}

RewriteReport Plan::finished() {
  report.dry_run = options.dry_run;
  report.seconds = seconds();
  return report;
}

}  // namespace lfsguard::rewrite
