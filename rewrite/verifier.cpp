#include "rewrite/verifier.h"

#include <atomic>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/sha1_lanes.h"
#include "base/thread_pool.h"
#include "git/objects/first_error.h"
#include "git/objects/tree.h"
#include "git/objects/tree_diff.h"
#include "lfs/store/pointer.h"
#include "scanner/tree_context.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kHashedTogether = 64;  // trees
constexpr size_t kSeenBytes = 96;       // of memory for a pair of trees that was seen
constexpr size_t kRulesFactor = 20;     // an attributes file's rules take so many times its bytes

class Verifier {
 public:
  Verifier(const git::ObjectDatabase& database, const Conversions& conversions, Direction direction, const MemoryShares& memory)
      : reader_(database, memory.reader), conversions_(conversions), direction_(direction), memory_(memory) {
    forget();
  }

  // Compares; ids of trees are only known to be right after check_ids().
  Status root(const TreePair& pair) {
    path_.clear();
    const git::Object tree = TRY(reader_.read(pair.new_oid));
    TRY(bound_memory(tree));
    return compare(pair, TRY(contexts_->root(tree.view())));
  }

  Status check_ids() {
    std::vector<std::string_view> contents;
    for (const auto& [tree, oid] : unhashed_) contents.push_back(tree.view());
    const std::vector<ObjectId> ids = hash_objects("tree", contents);
    for (size_t i = 0; i < ids.size(); ++i)
      if (ids[i] != unhashed_[i].second) return wrong("a tree does not have the content its id says", unhashed_[i].second.hex());
    unhashed_.clear();
    unhashed_bytes_ = 0;
    return {};
  }

 private:
  // What was compared before, and attributes files as they were read, only save time.
  void forget() {
    contexts_.emplace(reader_, attributes::AttributeBase());
    seen_.clear();
    differences_.clear();
    attributes_bytes_ = differences_bytes_ = 0;
  }

  // A history that gathers files has another, longer attributes file in each commit.
  Status bound_memory(const git::Object& tree) {
    const auto file = git::find_entry(tree.view(), ".gitattributes");
    if (file && file->id() != last_attributes_) {
      last_attributes_ = file->id();
      attributes_bytes_ += TRY(reader_.header(last_attributes_)).size;
    }
    if (attributes_bytes_ * kRulesFactor + differences_bytes_ + seen_.size() * kSeenBytes > memory_.memo) forget();
    return {};
  }

  tl::unexpected<Error> wrong(const std::string& why) const { return wrong(why, path_); }
  static tl::unexpected<Error> wrong(const std::string& why, const std::string& thing) {
    return fail(ErrorKind::corrupt, "the rewritten history is not what it must be (" + why + "); nothing was changed", thing,
                "this is a defect of lfsguard: please report it");
  }

  // What two trees differ in: found once, though their files are held against many commits' attributes.
  struct Difference {
    std::vector<std::string> files;                          // that became pointers, or files again
    std::vector<std::pair<std::string, TreePair>> folders;
    size_t bytes = 0;                                        // of memory, about
  };

  Status compare(const TreePair& pair, scanner::ContextId context) {
    if (pair.old_oid == pair.new_oid || !seen_.insert({pair, context}).second) return {};
    const Difference* difference = TRY(this->difference(pair));
    const size_t length = path_.size();
    if (direction_ == Direction::to_pointers) {
      for (const std::string& name : difference->files) {
        if (contexts_->covers(context, name)) continue;
        path_.append(name);
        return wrong("attributes do not cover a pointer");
      }
    }
    for (const auto& [name, folder] : difference->folders) {
      path_.append(name).push_back('/');
      const git::Object inner = TRY(reader_.read(folder.new_oid));
      TRY(compare(folder, TRY(contexts_->enter(context, name, inner.view()))));
      path_.resize(length);
    }
    return {};
  }

  Result<const Difference*> difference(const TreePair& pair) {
    if (const auto known = differences_.find(pair); known != differences_.end()) return &known->second;
    const git::Object old_tree = TRY(reader_.read(pair.old_oid)), new_tree = TRY(reader_.read(pair.new_oid));
    unhashed_.push_back({new_tree, pair.new_oid});
    unhashed_bytes_ += new_tree.size;
    if (unhashed_.size() >= kHashedTogether || unhashed_bytes_ > memory_.recent) TRY(check_ids());
    std::vector<git::TreeStretch> stretches;
    if (!git::tree_stretches(new_tree.view(), old_tree.view(), stretches)) return wrong("a tree is damaged");
    Difference difference;
    for (const git::TreeStretch& stretch : stretches) {
      git::TreeReader entries(new_tree.view().substr(stretch.begin, stretch.end - stretch.begin)), old_entries(old_tree.view().substr(stretch.old_begin, stretch.old_end - stretch.old_begin));
      git::TreeEntry entry, old;
      bool has_old = old_entries.next(old);
      for (; entries.next(entry);) {
        const bool twin = has_old && old.name == entry.name;
        if (entry.name == ".gitattributes") {
          if (twin) has_old = old_entries.next(old);
          continue;
        }
        if (!twin) return wrong("an entry appeared or is lost");
        TRY(compare_entries(old, entry, difference));
        has_old = old_entries.next(old);
      }
      if (has_old) return wrong("an entry is lost");
    }
    difference.bytes = sizeof difference + 2 * new_tree.size;
    differences_bytes_ += difference.bytes;
    return &differences_.emplace(pair, std::move(difference)).first->second;
  }

  Status compare_entries(const git::TreeEntry& old, const git::TreeEntry& entry, Difference& difference) {
    if (old.bytes == entry.bytes) return {};
    const size_t length = path_.size();
    path_.append(entry.name);
    if (old.mode != entry.mode) return wrong("a file changed its mode");
    if (entry.is_tree()) {
      difference.folders.push_back({std::string(entry.name), {old.id(), entry.id()}});
    } else {
      TRY(check_file(old.id(), entry.id()));
      difference.files.emplace_back(entry.name);
    }
    path_.resize(length);
    return {};
  }

  Status check_file(const ObjectId& old_oid, const ObjectId& new_oid) {
    const Conversion* conversion = conversions_.find(old_oid);
    if (!conversion || conversion->new_oid != new_oid) return wrong("a file changed that was not to be converted");
    if (direction_ == Direction::to_files || checked_.contains(new_oid)) return {};
    const git::Object blob = TRY(reader_.read(new_oid));
    const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.view());
    if (parsed.kind != lfs::PointerKind::canonical || parsed.pointer.oid != conversion->object || parsed.pointer.size != conversion->size)
      return wrong("a pointer does not name the content it stands for");
    checked_.insert(new_oid);
    return {};
  }

  struct PairHash {
    size_t operator()(const TreePair& pair) const { return pair.old_oid.hash() * 31 + pair.new_oid.hash(); }
    size_t operator()(const std::pair<TreePair, scanner::ContextId>& seen) const { return (*this)(seen.first) ^ (static_cast<size_t>(seen.second) << 32); }
  };
  git::ObjectReader reader_;
  const Conversions& conversions_;
  Direction direction_;
  const MemoryShares& memory_;
  std::optional<scanner::TreeContexts> contexts_;
  ObjectId last_attributes_;
  uint64_t attributes_bytes_ = 0;  // read since contexts_ were made
  std::string path_;
  std::unordered_set<std::pair<TreePair, scanner::ContextId>, PairHash> seen_;
  std::unordered_map<TreePair, Difference, PairHash> differences_;
  size_t differences_bytes_ = 0;
  git::ObjectIdSet checked_;
  std::vector<std::pair<git::Object, ObjectId>> unhashed_;  // trees of the new pack and the ids that they must have
  size_t unhashed_bytes_ = 0;
};

}  // namespace

Status verify_trees(const git::ObjectDatabase& database, const BigVector<TreePair>& roots, const Conversions& conversions, Direction direction, const MemoryShares& memory,
                    Progress& progress) {
  progress.phase("Verifying", roots.size(), "trees");
  std::vector<std::unique_ptr<Verifier>> verifiers(worker_count());
  git::FirstError error;
  std::atomic<size_t> done{0};
  parallel_for(roots.size(), 512, [&](size_t begin, size_t end, unsigned worker) {
    if (!verifiers[worker]) verifiers[worker] = std::make_unique<Verifier>(database, conversions, direction, memory);
    Status status;
    for (size_t i = begin; i < end && status; ++i) status = verifiers[worker]->root(roots[i]);
    if (status) status = verifiers[worker]->check_ids();
    if (!status) error.set(begin, std::move(status).error());
    progress.advance(done += end - begin);
  });
  return error.status();
}

}  // namespace lfsguard::rewrite
