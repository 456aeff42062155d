#include "rewrite/run.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include "base/sha256.h"
#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/history.h"
#include "git/process/git_command.h"
#include "rewrite/attributes_plan.h"
#include "rewrite/maps.h"
#include "rewrite/message_hashes.h"
#include "rewrite/notes.h"
#include "rewrite/object_splice.h"
#include "rewrite/path_discovery.h"
#include "rewrite/preflight.h"
#include "rewrite/ref_plan.h"
#include "rewrite/ref_swap.h"
#include "rewrite/stash.h"
#include "rewrite/tree_builder.h"
#include "rewrite/verifier.h"
#include "scanner/history_walk.h"
#include "scanner/repository_survey.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kReaderCache = 64u << 20;
constexpr size_t kDigestFrom = 2000;  // commits from which on trees are brought down first

}  // namespace

struct Rewrite::State {
  const git::RepositoryLayout& layout;
  const lfs::ObjectStore& store;
  RewriteOptions options;
  bool ignore_case, cache;
  Progress& progress;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  std::unique_ptr<git::ObjectDatabase> database;
  std::unique_ptr<git::ObjectReader> reader;
  std::unique_ptr<BlobKinds> kinds;
  std::vector<PlannedRef> refs;
  std::vector<ObjectId> stashes;       // older entries
  git::ObjectIdSet large;
  uint64_t largest_left = 0;
  git::History history;                // everything that is rewritten or looked at
  std::vector<ObjectId> bare_trees;    // tags of trees
  PathTrie trie;
  std::unique_ptr<TreeSurvey> survey;
  std::unique_ptr<AttributesPlan> attributes;
  std::vector<RootFacts> facts;        // by commit
  std::vector<uint32_t> edits;         // by commit
  std::vector<bool> affected;          // by commit
  std::map<ObjectId, std::pair<RootFacts, uint32_t>> tree_facts;  // of bare trees
  RewriteReport report;

  State(const git::RepositoryLayout& l, const lfs::ObjectStore& s, RewriteOptions o, bool i, bool c, Progress& p)
      : layout(l), store(s), options(std::move(o)), ignore_case(i), cache(c), progress(p) {}

  bool by_size_alone() const { return options.above && options.direction == Direction::to_pointers; }

  Status open() {
    database = TRY(git::ObjectDatabase::open(layout.object_dir));
    reader = std::make_unique<git::ObjectReader>(*database, kReaderCache);
    kinds = std::make_unique<BlobKinds>(*reader, options);
    return {};
  }

  // Blobs at or above the size: none, and the run is over in the time of a scan.
  Status find_large() {
    if (!options.above) return {};
    const std::string cache_dir = cache ? layout.private_dir() + "/cache" : std::string();
    const auto found = TRY(scanner::survey_repository(*database, {*options.above, false}, cache_dir, progress));
    for (const git::SizedBlob& blob : found.large) large.insert(blob.oid);
    return {};
  }

  Status load_history() {
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
  Result<git::History> selecting_history() {
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

  Status find_paths() {
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
    survey = std::make_unique<TreeSurvey>(*reader, trie, *kinds, std::move(only_covered));
    attributes = std::make_unique<AttributesPlan>(*reader, trie, *survey, options);
    return {};
  }

  // --fixup: paths at which some commit holds a file that its own attributes cover, and that is no pointer.
  Result<std::vector<std::string>> covered_paths(const git::History& selecting, const PathSelection& selection) {
    config::Policy policy;
    policy.severities[static_cast<size_t>(config::Rule::raw_in_lfs)] = config::Severity::error;
    policy.threshold = UINT64_MAX;
    const scanner::PathPolicy path_policy(policy, ignore_case, "");
    scanner::WalkOptions walk;
    walk.all_rules = true;
    walk.attributes = attributes::AttributeBase({}, ignore_case);
    std::vector<std::string> paths;
    for (const auto& introduction : TRY(scanner::walk_history(*database, scanner::CommitList::of_history(selecting), path_policy, walk, progress)).introductions)
      if (!introduction.symlink && selection.takes(introduction.path)) paths.push_back(introduction.path);
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
  }

  Status survey_commits() {
    const auto& commits = history.commits();
    progress.phase("Surveying trees", commits.size(), "commits");
    facts.resize(commits.size());
    edits.resize(commits.size());
    affected.resize(commits.size());
    for (size_t i = commits.size(); i-- > 0;) {  // parents first
      facts[i] = TRY(survey->root(commits[i].tree_oid));
      edits[i] = TRY(attributes->edit_for(commits[i].tree_oid, facts[i]));
      affected[i] = facts[i].files != 0;
      for (const uint32_t parent : history.parents(commits[i])) affected[i] = affected[i] || affected[parent];
      report.commits_rewritten += affected[i];
      if ((i & 1023) == 0) progress.advance(commits.size() - i);
    }
    for (const ObjectId& tree : bare_trees) {
      const RootFacts tree_fact = TRY(survey->root(tree));
      tree_facts[tree] = {tree_fact, TRY(attributes->edit_for(tree, tree_fact))};
    }
    if (!survey->missing().empty())
      return fail(ErrorKind::unsupported, "a file that must be converted is not stored here (a partial clone)", survey->missing().begin()->hex(),
                  "git fetch --refetch --no-filter, then run the command again");
    return {};
  }

  // Kept as it is, and yet worth a word: a host may refuse such trees, and git ignores a .gitattributes that is a link.
  void warn_of_odd_trees() {
    if (const auto& odd = survey->odd_trees(); !odd.empty())
      report.warnings.push_back(fmt::format("{} that change{} ha{} duplicate or misordered entries or odd modes, which stay as they are (a host that checks what it receives may refuse them): {} at /{}",
                                            odd.size() == 1 ? "1 tree" : fmt::format("{} trees", odd.size()), odd.size() == 1 ? "s" : "", odd.size() == 1 ? "s" : "ve",
                                            odd.begin()->first.hex(), odd.begin()->second));
    std::set<std::string> links;
    for (const auto& files : survey->attribute_lists())
      for (const AttributesFileAt& file : files)
        if ((file.mode & 0170000) == 0120000) links.insert(file.directory + ".gitattributes");
    for (const std::string& link : links)
      report.warnings.push_back(link + (options.replace_attributes_symlink ? " is a symbolic link: its content takes its place where a line is needed"
                                                                           : " is a symbolic link, which git ignores: lines go into files below it"));
  }

  // Signatures that a rewrite would remove: counted, or refused by --signatures abort.
  Status count_signatures() {
    for (size_t i = 0; i < affected.size(); ++i) {
      if (!affected[i]) continue;
      const git::Object commit = TRY(reader->read(history.commits()[i].oid));
      const Spliced spliced = splice_commit(commit.view(), [&](const ObjectId& oid) { return changed_commit(oid) ? std::optional(oid) : std::nullopt; }, true);
      if (!spliced.signature_removed) continue;
      if (options.signatures == Signatures::abort)
        return fail(ErrorKind::unsupported, "a commit that would change is signed", history.commits()[i].oid.hex(), "--signatures strip removes signatures, keep leaves them broken");
      if (options.signatures == Signatures::strip) ++report.signatures_removed;
    }
    if (options.signatures == Signatures::keep) return {};
    git::ObjectIdSet seen;
    for (const PlannedRef& ref : refs) {
      if (!ref_changes(ref)) continue;
      // A tag, and the tags that it is about.
      for (ObjectId oid = ref.old_oid; oid != ref.peeled && !seen.contains(oid);) {
        seen.insert(oid);
        const git::Object tag = TRY(reader->read(oid));
        const auto target = tag.type == git::ObjectType::tag ? git::parse_tag_target(tag.view()) : std::nullopt;
        if (!target) break;
        if (is_signed_tag(tag.view())) {
          if (options.signatures == Signatures::abort)
            return fail(ErrorKind::unsupported, "a tag that would change is signed", ref.name, "--signatures strip removes signatures, keep leaves them broken");
          ++report.signatures_removed;
        }
        oid = target->oid;
      }
    }
    return {};
  }

  bool changed_commit(const ObjectId& oid) const {
    const uint32_t at = history.position(oid);
    return at != UINT32_MAX && affected[at];
  }

  bool ref_changes(const PlannedRef& ref) const {
    if (ref.role == PlannedRef::Role::stays) return false;
    if (ref.type == git::ObjectType::commit) return changed_commit(ref.peeled);
    if (ref.type == git::ObjectType::tree) {
      const auto found = tree_facts.find(ref.peeled);
      return found != tree_facts.end() && found->second.first.files != 0;
    }
    return false;
  }

  void describe_plan() {
    for (size_t path = 0; path < trie.paths().size(); ++path) {
      PlannedFile file;
      file.path = trie.paths()[path];
      for (const ObjectId& oid : survey->versions()[path]) {
        const uint64_t size = *survey->blobs().find(oid);
        ++file.versions;
        file.bytes += size;
        if (options.above && size >= *options.above) {
          ++file.large_versions;
          file.large_bytes += size;
        }
      }
      if (file.versions > 0) report.files.push_back(std::move(file));
    }
    std::sort(report.files.begin(), report.files.end(), [](const PlannedFile& a, const PlannedFile& b) { return a.path < b.path; });
    report.blobs = survey->blobs().size();
    survey->blobs().for_each([&](const ObjectId&, uint64_t size) { report.bytes += size; });
    for (const PlannedRef& ref : refs) {
      if (ref_changes(ref)) {
        report.refs.push_back({ref.name, ref.old_oid, {}});
        if (ref.old_oid != ref.peeled) ++report.tags_rewritten;
      } else if (!options.refs.empty() && ref.name.starts_with("refs/tags/") && ref.role == PlannedRef::Role::stays && changed_commit(ref.peeled)) {
        report.warnings.push_back(ref.name + " stays on the old history: its next push fails");
      }
    }
    for (const std::string& clash : case_clashes(refs)) report.warnings.push_back("refs that differ by case alone: " + clash);
  }

  // What stays large though it was asked for: excluded paths, control files, links, refs straight to a blob.
  Status name_what_is_left() {
    if (!options.above || options.direction == Direction::to_files) return {};
    for (const PlannedRef& ref : refs)
      if (ref.type == git::ObjectType::blob && large.contains(ref.peeled)) report.left_large.push_back(ref.name + " names a large blob itself");
    size_t converted = 0;
    large.for_each([&](const ObjectId& oid, const git::Nothing&) { converted += survey && survey->blobs().contains(oid); });
    if (converted == large.size() && options.exclude.empty()) return {};
    // Some are not converted, or not at every path: where are they?
    config::Policy policy;
    policy.severities[static_cast<size_t>(config::Rule::oversize)] = config::Severity::error;
    policy.severities[static_cast<size_t>(config::Rule::raw_in_lfs)] = config::Severity::error;
    policy.threshold = *options.above;
    policy.above_flag = true;
    const scanner::PathPolicy path_policy(policy, ignore_case, "");
    scanner::SurveyedBlobs blobs;
    std::vector<git::SizedBlob> unconverted;
    large.for_each([&](const ObjectId& oid, const git::Nothing&) { unconverted.push_back({oid, UINT64_MAX}); });
    const attributes::PathList asked_for(options.include, ignore_case), exclude(options.exclude, ignore_case);
    blobs.add_large(unconverted);
    scanner::WalkOptions walk;
    walk.surveyed = &blobs;
    std::map<std::string, std::string> left;
    for (const auto& introduction : TRY(scanner::walk_history(*database, scanner::CommitList::of_history(history), path_policy, walk, progress)).introductions) {
      const uint32_t index = path_index(introduction.path);
      if (!introduction.symlink && index != PathTrie::kNone && survey->versions()[index].contains(introduction.blob)) continue;
      if (!options.include.empty() && !asked_for.matches(introduction.path)) continue;  // nobody asked for it
      left[introduction.path] = introduction.symlink ? "a symbolic link, which LFS cannot hold" : is_control_file(introduction.path) ? "a control file" : exclude.matches(introduction.path) ? "excluded" : "not selected";
    }
    for (const auto& [path, why] : left) report.left_large.push_back(path + " (" + why + ")");
    return {};
  }

  uint32_t path_index(const std::string& path) const {
    uint32_t node = PathTrie::kRoot;
    size_t begin = 0;
    for (size_t slash; (slash = path.find('/', begin)) != std::string::npos; begin = slash + 1) {
      node = trie.directory(node, std::string_view(path).substr(begin, slash - begin));
      if (node == PathTrie::kNone) return PathTrie::kNone;
    }
    return trie.file(node, std::string_view(path).substr(begin));
  }

  // New root trees by commit, on all cores: trees depend on no commit's id. Runs of neighbours, so that deltas are short.
  Result<std::vector<ObjectId>> build_trees(const Conversions& conversions, git::PackWriter& pack) {
    const auto& commits = history.commits();
    progress.phase("Rewriting trees", commits.size(), "commits");
    std::vector<ObjectId> trees(commits.size());
    std::vector<std::unique_ptr<TreeBuilder>> builders(worker_count());
    std::mutex mutex;
    std::optional<Error> error;
    std::atomic<size_t> done{0};
    parallel_for(commits.size(), 4096, [&](size_t begin, size_t end, unsigned worker) {
      if (!builders[worker]) builders[worker] = std::make_unique<TreeBuilder>(*database, trie, survey->only_covered(), *attributes, conversions, pack);
      for (size_t i = end; i-- > begin;) {
        auto tree = affected[i] ? builders[worker]->root(commits[i].tree_oid, facts[i], edits[i]) : Result<ObjectId>(commits[i].tree_oid);
        if (!tree) {
          const std::lock_guard lock(mutex);
          if (!error) error = std::move(tree).error();
          return;
        }
        trees[i] = *tree;
      }
      progress.advance(done += end - begin);
    });
    if (error) return fail(std::move(*error));
    return trees;
  }

  Status check_places() {
    std::vector<std::string> trees;
    WorkTreeNeeds needs;
    for (const WorkTreeChange& change : TRY(work_trees_that_move(layout, [&](const ObjectId& oid) { return changed_commit(oid) ? std::optional(oid) : std::nullopt; }))) {
      trees.push_back(change.path);
      const uint32_t at = history.position(change.old_commit);
      for (const auto& [directory, bytes] : attributes->edits()[edits[at]].files) needs.attributes_files.push_back(directory + ".gitattributes");
    }
    if (layout.bare) trees.clear();
    TRY(check_work_trees(layout, trees, needs));
    report.attributes_files = needs.attributes_files;
    if (options.direction == Direction::to_pointers) TRY(check_space(layout.common_dir, report.bytes + (64u << 20)));
    return {};
  }
};

Rewrite::Rewrite(const git::RepositoryLayout& layout, const lfs::ObjectStore& store, RewriteOptions options, bool ignore_case, bool cache, Progress& progress)
    : state_(std::make_unique<State>(layout, store, std::move(options), ignore_case, cache, progress)) {}
Rewrite::~Rewrite() = default;

Result<RewriteReport> Rewrite::plan() {
  State& s = *state_;
  const auto finished = [&]() -> RewriteReport {
    s.report.dry_run = s.options.dry_run;
    s.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - s.started).count();
    return s.report;
  };
  TRY(s.open());
  TRY(s.find_large());
  if (s.options.above && s.large.empty() && !s.options.fixup) return finished();
  TRY(s.load_history());
  TRY(s.find_paths());
  if (!s.trie.empty()) {
    TRY(s.survey_commits());
    s.describe_plan();
    s.warn_of_odd_trees();
  }
  TRY(s.name_what_is_left());
  if (s.report.files.empty()) return finished();
  TRY(s.count_signatures());
  TRY(s.check_places());
  return finished();
}

Result<std::vector<std::pair<std::string, uint64_t>>> Rewrite::versions() {
  State& s = *state_;
  TRY(s.open());
  TRY(s.load_history());
  TRY(s.find_paths());
  std::vector<std::pair<std::string, uint64_t>> versions;
  if (s.trie.empty()) return versions;
  for (const auto& commit : s.history.commits()) TRY(s.survey->root(commit.tree_oid));
  for (size_t path = 0; path < s.trie.paths().size(); ++path)
    for (const ObjectId& oid : s.survey->versions()[path]) versions.emplace_back(s.trie.paths()[path], *s.survey->blobs().find(oid));
  return versions;
}

Result<RewriteReport> Rewrite::execute(const std::string& program) {
  State& s = *state_;
  const auto& commits = s.history.commits();
  const auto lock = TRY(RunLock::take(s.layout));
  if (!lock) return fail(ErrorKind::conflict, "another rewrite is under way in this repository", s.layout.common_dir, "wait for it, then run the command again");
  RunFolder folder = RunFolder::make(s.layout);
  const bool strip = s.options.signatures == Signatures::strip;

  // New objects, named by nothing yet.
  ::malloc_trim(0);  // what looking took is not needed for doing
  auto pack = TRY(git::PackWriter::create(s.layout.object_dir));
  const Conversions conversions = TRY(convert_blobs(*s.database, s.store, s.survey->blobs(), s.options.direction, *pack, s.progress));
  const std::vector<ObjectId> new_trees = TRY(s.build_trees(conversions, *pack));
  git::ObjectIdMap<ObjectId> moved(s.report.commits_rewritten);  // commits, tags and bare trees: old -> new
  std::vector<TreePair> tree_pairs;
  MessageHashes messages(moved);
  s.progress.phase("Rewriting commits", s.report.commits_rewritten, "commits");
  uint64_t done = 0;
  s.report.signatures_removed = 0;
  for (size_t i = commits.size(); i-- > 0;) {  // parents first
    if (!s.affected[i]) continue;
    const ObjectId& tree = new_trees[i];
    if (tree != commits[i].tree_oid) tree_pairs.push_back({commits[i].tree_oid, tree});
    const git::Object commit = TRY(s.reader->read(commits[i].oid));
    const NewId new_id = [&](const ObjectId& oid) -> std::optional<ObjectId> {
      if (oid == commits[i].tree_oid && tree != oid) return tree;
      const ObjectId* found = moved.find(oid);
      return found ? std::optional(*found) : std::nullopt;
    };
    NewMessage new_message;
    if (s.options.message_hashes == MessageHashesMode::rewrite) new_message = [&](std::string_view text) { return messages.replaced(text); };
    const Spliced spliced = splice_commit(commit.view(), new_id, strip, new_message);
    const ObjectId oid = hash_object("commit", spliced.content);
    if (oid == commits[i].oid) continue;
    TRY(pack->add(git::ObjectType::commit, oid, spliced.content));
    moved.insert(commits[i].oid, oid);
    messages.add(commits[i].oid);
    s.report.signatures_removed += spliced.signature_removed;
    if ((++done & 1023) == 0) s.progress.advance(done);
  }
  TreeBuilder trees(*s.database, s.trie, s.survey->only_covered(), *s.attributes, conversions, *pack);
  for (const auto& [tree, what] : s.tree_facts) {
    const ObjectId oid = TRY(trees.root(tree, what.first, what.second));
    if (oid == tree) continue;
    tree_pairs.push_back({tree, oid});
    moved.insert(tree, oid);
  }

  // Tags from the inside out, then notes, which may be about either.
  s.report.tags_rewritten = 0;
  const std::function<Result<ObjectId>(const ObjectId&, int)> move_tag = [&](const ObjectId& oid, int depth) -> Result<ObjectId> {
    if (const ObjectId* found = moved.find(oid)) return *found;
    if (depth > 64) return oid;
    const git::Object tag = TRY(s.reader->read(oid));
    const auto target = tag.type == git::ObjectType::tag ? git::parse_tag_target(tag.view()) : std::nullopt;
    if (!target) return oid;
    const ObjectId new_target = TRY(move_tag(target->oid, depth + 1));
    if (new_target == target->oid) return oid;
    const Spliced spliced = splice_tag(tag.view(), [&](const ObjectId& id) { return id == target->oid ? std::optional(new_target) : std::nullopt; }, strip);
    const ObjectId new_oid = hash_object("tag", spliced.content);
    TRY(pack->add(git::ObjectType::tag, new_oid, spliced.content));
    moved.insert(oid, new_oid);
    ++s.report.tags_rewritten;
    s.report.signatures_removed += spliced.signature_removed;
    return new_oid;
  };
  s.report.refs.clear();
  for (const PlannedRef& ref : s.refs) {
    if (ref.role == PlannedRef::Role::stays || ref.name.starts_with("refs/notes/")) continue;
    const ObjectId new_oid = TRY(move_tag(ref.old_oid, 0));
    if (new_oid != ref.old_oid) s.report.refs.push_back({ref.name, ref.old_oid, new_oid});
  }
  const NewId any_moved = [&](const ObjectId& oid) -> std::optional<ObjectId> {
    const ObjectId* found = moved.find(oid);
    return found ? std::optional(*found) : std::nullopt;
  };
  for (const PlannedRef& ref : s.refs) {
    if (ref.role == PlannedRef::Role::stays || !ref.name.starts_with("refs/notes/") || ref.type != git::ObjectType::commit) continue;
    const ObjectId new_oid = TRY(rewrite_notes(*s.reader, ref.old_oid, any_moved, strip, *pack));
    if (new_oid != ref.old_oid) s.report.refs.push_back({ref.name, ref.old_oid, new_oid});
  }
  s.progress.phase("Writing the pack", pack->bytes(), "bytes");
  const auto written = TRY(pack->finish());

  // Read back and compared, before anything refers to it.
  const auto take_back = [&](Error error) {
    if (!written.pack_path.empty()) {
      ::unlink(written.index_path.c_str());
      ::unlink(written.pack_path.c_str());
    }
    return fail(std::move(error));
  };
  auto fresh = git::ObjectDatabase::open(s.layout.object_dir);
  if (!fresh) return take_back(std::move(fresh).error());
  if (Status status = verify_trees(**fresh, tree_pairs, conversions, s.options.direction, s.progress); !status) return take_back(std::move(status).error());

  // Maps and journal, then everything moves.
  Journal journal;
  journal.run = folder.run();
  journal.refs = s.report.refs;
  if (!written.pack_path.empty()) journal.packs = {written.pack_path, written.index_path};
  for (size_t i = 0; i < s.stashes.size(); ++i)
    if (const auto new_oid = any_moved(s.stashes[i])) journal.refs.push_back({stash_entry_name(i + 1), s.stashes[i], *new_oid});
  journal.stash_log = TRY(stash_log(s.layout));
  journal.work_trees = TRY(work_trees_that_move(s.layout, any_moved));
  if (s.layout.bare) std::erase_if(journal.work_trees, [&](const WorkTreeChange& change) { return change.path == s.layout.git_dir; });
  s.report.run = folder.run();
  s.report.maps = folder.path();
  TRY(write_maps(folder, s.history, any_moved, s.report));
  TRY(folder.put(journal));
  std::vector<RefChange> backups;
  for (const RefChange& change : journal.refs) backups.push_back({backup_ref(folder.run(), change.name), {}, change.old_oid});
  TRY(move_refs(s.layout, backups, "lfsguard backup " + folder.run()));
  TRY(carry_out(s.layout, folder, journal, program));
  s.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - s.started).count();
  TRY(write_report(folder, s.report));
  return s.report;
}

}  // namespace lfsguard::rewrite
