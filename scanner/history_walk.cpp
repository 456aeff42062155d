#include "scanner/history_walk.h"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

#include "base/thread_pool.h"
#include "git/objects/tree_diff.h"
#include "scanner/attribute_trouble.h"
#include "scanner/entry_judge.h"
#include "scanner/growth.h"
#include "scanner/tree_context.h"

namespace lfsguard::scanner {
namespace {

constexpr size_t kRun = 512;                     // commits handed to a thread at once
constexpr size_t kCacheBytes = 56u << 20;        // of trees, a thread

class Walker {
 public:
  Walker(const git::ObjectDatabase& database, const CommitList& commits, const PathPolicy& policy, const WalkOptions& options)
      : commits_(commits),
        policy_(policy),
        options_(options),
        reader_(database, kCacheBytes),
        contexts_(reader_, options.attributes),
        blobs_(reader_, options.surveyed, policy.lowest_limit(options.all_rules), options.all_rules),
        judge_(policy, blobs_, {options.all_rules, options.judge_missing_objects, options.store}) {
    if (options.surveyed) result.met.resize(options.surveyed->size());
  }

  Status visit(uint32_t position) {
    commit_ = position;
    const CommitList::Item& item = commits_.items()[position];
    if (options_.digest && options_.digest->kind(item.tree_oid) == git::TreeDigest::Kind::clean) return {};
    std::vector<Side> sides;
    for (const ObjectId& tree : commits_.parent_trees(item)) {
      if (tree == item.tree_oid) return {};
      auto content = tree_content(tree, true);
      if (!content) return fail(std::move(content).error());
      if (!*content) continue;  // not stored: compared with nothing
      const ContextId context = TRY(contexts_.root((*content)->view()));
      sides.push_back({tree, context, std::move(**content)});
    }
    const auto content = TRY(tree_content(item.tree_oid, false));
    if (!content) return {};
    const ContextId context = TRY(contexts_.root(content->view()));
    path_.clear();
    return compare(item.tree_oid, *content, context, sides, 0);
  }

  // Attributes files that are not stored.
  const std::vector<ObjectId>& lost_attributes() const { return contexts_.missing(); }

  // A tree that is not stored, and where it would be.
  struct LostTree {
    uint32_t commit = 0;     // position in the CommitList
    std::string path;        // "" at the top, else "a/b/"
    bool of_parent = false;  // of `commit`, which lies outside the list or is looked at itself
    // Of several places the commit's own, the oldest, is named: which does not depend on how commits were shared out.
    bool is_named_before(const LostTree& other) const {
      return std::tie(of_parent, other.commit, path) < std::tie(other.of_parent, commit, other.path);
    }
  };
  std::map<ObjectId, LostTree> lost_trees;
  static void note_lost(std::map<ObjectId, LostTree>& trees, const ObjectId& oid, LostTree lost) {
    const auto [slot, fresh] = trees.try_emplace(oid, lost);
    if (!fresh && lost.is_named_before(slot->second)) slot->second = std::move(lost);
  }
  WalkResult result;

 private:
  // A parent's directory at the path at hand.
  struct Side {
    ObjectId tree_oid;
    ContextId context = 0;
    git::Object content;
  };

  // nullopt (and a note) when it is not stored. `of_parent`: a tree of a parent of the commit at hand, at the same path.
  Result<std::optional<git::Object>> tree_content(const ObjectId& oid, bool of_parent) {
    if (options_.digest) {
      // Brought down to what leads to a surveyed blob; what was not digested is read whole, which compares with the others all the same.
      const auto kind = options_.digest->kind(oid);
      if (kind == git::TreeDigest::Kind::clean) return std::optional(git::Object{git::ObjectType::tree, nullptr, 0});
      if (kind == git::TreeDigest::Kind::leads) return std::optional(digested(oid));
    }
    auto object = reader_.read(oid);
    if (object) {
      if (object->type != git::ObjectType::tree) return fail(ErrorKind::corrupt, "not a tree", oid.hex(), "run 'git fsck'");
      return std::optional(std::move(*object));
    }
    if (object.error().kind != ErrorKind::not_found) return fail(std::move(object).error());
    note_lost(lost_trees, oid, {commit_, path_, of_parent});
    return std::optional<git::Object>();
  }

  static git::Object digest_object(std::string content) {
    auto keep = std::make_shared<std::string>(std::move(content));
    const auto* bytes = reinterpret_cast<const uint8_t*>(keep->data());
    const size_t size = keep->size();
    return {git::ObjectType::tree, std::shared_ptr<const uint8_t[]>(std::move(keep), bytes), size};
  }

  // Neighbouring commits ask for the same trees: the last ones are kept.
  git::Object digested(const ObjectId& oid) {
    auto& slot = recent_[oid.hash() % recent_.size()];
    if (slot.first != oid || !slot.second.data) slot = {oid, digest_object(options_.digest->content(oid))};
    return slot.second;
  }

  // What the directory `content` at path_ (under `context`) has that no side has.
  Status compare(const ObjectId& tree_oid, const git::Object& content, ContextId context, const std::vector<Side>& sides, size_t depth) {
    if (depth > kDepthMax) return fail(ErrorKind::corrupt, "directories are nested too deeply", path_.substr(0, 200) + "...");
    const Side* twin = nullptr;  // a parent's directory under the same context: only entries that differ count
    for (const Side& side : sides) {
      if (side.context != context) continue;
      if (side.tree_oid == tree_oid) return {};
      if (!twin) twin = &side;
    }
    if (options_.all_rules) count_entries(content.view(), sides);
    std::vector<git::ChangedEntry> changes;
    if (!git::diff_trees(content.view(), twin ? twin->content.view() : std::string_view(), changes))
      return fail(ErrorKind::corrupt, "tree is damaged", tree_oid.hex() + (path_.empty() ? "" : " at " + path_), "run 'git fsck'");
    for (const git::ChangedEntry& change : changes) TRY(entry(change.entry, twin, change.old, context, sides, depth));
    return {};
  }

  Status entry(const git::TreeEntry& entry, const Side* twin, const git::TreeEntry& twin_entry, ContextId context,
               const std::vector<Side>& sides, size_t depth) {
    if (entry.is_gitlink()) return {};
    if (entry.is_blob()) return blob(entry, twin, twin_entry, context, sides);

    const ObjectId oid = entry.id();
    if (options_.digest && options_.digest->kind(oid) == git::TreeDigest::Kind::clean) return {};
    std::vector<Side> below;
    const size_t length = path_.size();
    path_.append(entry.name).push_back('/');
    const auto leave = [&](Status status) {
      path_.resize(length);
      return status;
    };
    auto content = tree_content(oid, false);
    if (!content) return leave(fail(std::move(content).error()));
    if (!*content) return leave({});
    const auto inner = contexts_.enter(context, entry.name, (*content)->view());
    if (!inner) return leave(fail(inner.error()));
    for (const Side& side : sides) {
      const git::TreeEntry old = &side == twin ? twin_entry : git::find_entry(side.content.view(), entry.name).value_or(git::TreeEntry());
      if (old.mode == 0 || !old.is_tree()) continue;
      Side next{old.id(), 0, {}};
      if (next.tree_oid == oid) {
        next.content = **content;
      } else {
        auto other = tree_content(next.tree_oid, true);
        if (!other) return leave(fail(std::move(other).error()));
        if (!*other) continue;
        next.content = std::move(**other);
      }
      const auto other_context = contexts_.enter(side.context, entry.name, next.content.view());
      if (!other_context) return leave(fail(other_context.error()));
      next.context = *other_context;
      below.push_back(std::move(next));
    }
    return leave(compare(oid, **content, *inner, below, depth + 1));
  }

  Status blob(const git::TreeEntry& entry, const Side* twin, const git::TreeEntry& twin_entry, ContextId context,
              const std::vector<Side>& sides) {
    const ObjectId oid = entry.id();
    if (options_.all_rules && entry.name == ".gitattributes") TRY(attributes_file(entry, sides));
    BlobFacts facts;
    if (options_.surveyed) {
      const BlobFacts* known = options_.surveyed->find(oid);
      if (known) {
        result.met[options_.surveyed->position(oid)] = true;
        facts = *known;
      } else if (!options_.all_rules) {
        return {};
      } else if (!contexts_.can_cover(context) && policy_.policy().severity(config::Rule::binary) == config::Severity::off) {
        return {};
      }
    } else {
      facts = TRY(blobs_.facts(oid));
    }
    const size_t length = path_.size();
    path_.append(entry.name);
    Status status = judge(entry, oid, facts, twin, twin_entry, context, sides);
    path_.resize(length);
    return status;
  }

  Status judge(const git::TreeEntry& entry, const ObjectId& oid, const BlobFacts& facts, const Side* twin, const git::TreeEntry& twin_entry,
               ContextId context, const std::vector<Side>& sides) {
    if (options_.all_rules && facts.pointer && !entry.is_symlink()) note_pointer(*facts.pointer);
    const bool covered = contexts_.can_cover(context) && contexts_.covers(context, entry.name);
    violations_.clear();
    TRY(judge_.judge(path_, oid, entry.is_symlink(), covered, facts, violations_));
    for (const Side& side : sides) {
      if (violations_.empty()) return {};
      const git::TreeEntry old = &side == twin ? twin_entry : git::find_entry(side.content.view(), entry.name).value_or(git::TreeEntry());
      if (old.mode == 0 || !old.is_blob() || old.id() != oid) continue;
      const bool old_covered = contexts_.can_cover(side.context) && contexts_.covers(side.context, entry.name);
      old_violations_.clear();
      TRY(judge_.judge(path_, oid, old.is_symlink(), old_covered, facts, old_violations_));
      std::erase_if(violations_, [&](const Violation& violation) {
        for (const Violation& old_violation : old_violations_)
          if (old_violation.rule == violation.rule) return true;
        return false;
      });
    }
    for (const Violation& violation : violations_)
      result.introductions.push_back({violation.rule, violation.severity, entry.is_symlink(), oid, violation.size, violation.limit, commit_, path_, {}});
    return {};
  }

  // Lines without effect, in a file whose version no parent has with such lines.
  Status attributes_file(const git::TreeEntry& entry, const std::vector<Side>& sides) {
    const config::Severity severity = policy_.policy().severity(config::Rule::attributes_ignored);
    if (severity == config::Severity::off || entry.is_symlink()) return {};
    const std::optional<std::string> trouble = TRY(trouble_of(entry.id()));
    if (!trouble) return {};
    for (const Side& side : sides) {
      const git::TreeEntry old = git::find_entry(side.content.view(), entry.name).value_or(git::TreeEntry());
      if (old.mode != 0 && old.is_blob() && !old.is_symlink() && TRY(trouble_of(old.id()))) return {};
    }
    result.introductions.push_back({config::Rule::attributes_ignored, severity, false, {}, 0, 0, commit_, path_ + std::string(entry.name), *trouble});
    return {};
  }

  Result<std::optional<std::string>> trouble_of(const ObjectId& oid) {
    const auto [slot, fresh] = troubles_.try_emplace(oid);
    if (!fresh) return slot->second;
    auto object = reader_.read(oid);
    if (object)
      slot->second = attribute_trouble(object->view());
    else if (object.error().kind != ErrorKind::not_found)
      return fail(std::move(object).error());
    return slot->second;
  }

  void note_pointer(const lfs::Pointer& pointer) {
    if (pointer.stands_for_nothing() || !pointers_seen_.insert(pointer.oid).second) return;
    result.pointers.push_back({pointer, path_, commit_});
  }

  void count_entries(std::string_view tree, const std::vector<Side>& sides) {
    const uint64_t most = policy_.directory_entries_max();
    const config::Severity severity = policy_.policy().severity(config::Rule::too_many_entries);
    constexpr size_t kShortestEntry = 6 + 1 + 1 + ObjectId::kSize;
    if (most == 0 || severity == config::Severity::off || tree.size() / kShortestEntry <= most) return;
    const auto count = [](std::string_view content) {
      git::TreeReader reader(content);
      git::TreeEntry entry;
      uint64_t entries = 0;
      while (reader.next(entry)) ++entries;
      return entries;
    };
    const uint64_t entries = count(tree);
    if (entries <= most) return;
    for (const Side& side : sides)
      if (count(side.content.view()) >= entries) return;
    result.introductions.push_back({config::Rule::too_many_entries, severity, false, {}, entries, most, commit_,
                                    path_.empty() ? "/" : path_.substr(0, path_.size() - 1), {}});
  }

  static constexpr size_t kDepthMax = 4096;

  const CommitList& commits_;
  const PathPolicy& policy_;
  const WalkOptions& options_;
  git::ObjectReader reader_;
  TreeContexts contexts_;
  BlobOracle blobs_;
  EntryJudge judge_;
  std::vector<std::pair<ObjectId, git::Object>> recent_{options_.digest ? 1024u : 0u};
  std::string path_;
  uint32_t commit_ = 0;
  std::vector<Violation> violations_, old_violations_;
  std::map<ObjectId, std::optional<std::string>> troubles_;  // of attributes files, by blob
  std::set<lfs::Oid> pointers_seen_;
};

// Trees are looked at whole here: a digest leaves out what is not large, and a file may have grown from little.
Status forgive_grown(const git::ObjectDatabase& database, const CommitList& commits, const PathPolicy& policy, std::vector<Introduction>& introductions) {
  git::ObjectReader reader(database, kCacheBytes);
  std::vector<Introduction> kept;
  for (Introduction& introduction : introductions) {
    Violation violation{introduction.rule, introduction.severity, introduction.size, introduction.limit};
    const auto parents = commits.parent_trees(commits.items()[introduction.commit]);
    if (TRY(forgive_growth(reader, policy, parents, introduction.path, introduction.symlink, violation))) continue;
    introduction.severity = violation.severity;
    introduction.limit = violation.limit;
    kept.push_back(std::move(introduction));
  }
  introductions = std::move(kept);
  return {};
}

}  // namespace

Result<WalkResult> walk_history(const git::ObjectDatabase& database, const CommitList& commits, const PathPolicy& policy,
                                const WalkOptions& options, Progress& progress) {
  const size_t count = commits.items().size();
  progress.phase("Looking through commits", count, "commits");
  std::vector<std::unique_ptr<Walker>> walkers(worker_count());
  std::mutex mutex;
  std::optional<Error> error;
  std::atomic<size_t> done{0};
  std::atomic<bool> failed{false};
  parallel_for(count, kRun, [&](size_t begin, size_t end, unsigned worker) {
    if (failed) return;
    if (!walkers[worker]) walkers[worker] = std::make_unique<Walker>(database, commits, policy, options);
    for (size_t i = begin; i < end; ++i) {
      if (Status status = walkers[worker]->visit(static_cast<uint32_t>(i)); !status) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::move(status).error();
        failed = true;
        return;
      }
    }
    progress.advance(done += end - begin);
  });
  if (error) return fail(std::move(*error));

  WalkResult merged;
  if (options.surveyed) merged.met.resize(options.surveyed->size());
  std::map<ObjectId, Walker::LostTree> lost_trees;
  std::set<ObjectId> lost_attributes;
  for (auto& walker : walkers) {
    if (!walker) continue;
    for (const auto& [oid, lost] : walker->lost_trees) Walker::note_lost(lost_trees, oid, lost);
    lost_attributes.insert(walker->lost_attributes().begin(), walker->lost_attributes().end());
    WalkResult& part = walker->result;
    std::move(part.introductions.begin(), part.introductions.end(), std::back_inserter(merged.introductions));
    std::move(part.pointers.begin(), part.pointers.end(), std::back_inserter(merged.pointers));
    for (size_t i = 0; i < part.met.size(); ++i)
      if (part.met[i]) merged.met[i] = true;
  }
  for (const auto& [oid, lost] : lost_trees) {
    const ObjectId& commit = commits.items()[lost.commit].oid;
    std::string line = "tree " + oid.hex() + " at \"" + lost.path + "\"";
    if (!commit.is_zero()) line += (lost.of_parent ? " of a parent of commit " : " of commit ") + commit.hex();
    merged.incomplete.push_back(line + " is not stored here");
  }
  for (const ObjectId& oid : lost_attributes) merged.incomplete.push_back(".gitattributes " + oid.hex() + " is not stored here");
  if (policy.allows_growth()) TRY(forgive_grown(database, commits, policy, merged.introductions));
  return merged;
}

}  // namespace lfsguard::scanner
