#include "rewrite/verifier.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

#include "base/sha256.h"
#include "base/thread_pool.h"
#include "git/objects/tree_diff.h"
#include "lfs/store/pointer.h"
#include "scanner/tree_context.h"

namespace lfsguard::rewrite {
namespace {

class Verifier {
 public:
  Verifier(const git::ObjectDatabase& database, const Conversions& conversions, Direction direction)
      : reader_(database, 40u << 20), conversions_(conversions), direction_(direction), contexts_(reader_, attributes::AttributeBase()) {}

  Status root(const TreePair& pair) {
    path_.clear();
    const git::Object tree = TRY(reader_.read(pair.new_oid));
    return compare(pair, TRY(contexts_.root(tree.view())));
  }

 private:
  tl::unexpected<Error> wrong(const std::string& why) const {
    return fail(ErrorKind::corrupt, "the rewritten history is not what it must be (" + why + "); nothing was changed", path_,
                "this is a defect of lfsguard: please report it");
  }

  Status compare(const TreePair& pair, scanner::ContextId context) {
    if (pair.old_oid == pair.new_oid || !seen_.insert({pair.old_oid, pair.new_oid, context}).second) return {};
    const git::Object old_tree = TRY(reader_.read(pair.old_oid)), new_tree = TRY(reader_.read(pair.new_oid));
    if (hash_object("tree", new_tree.view()) != pair.new_oid) return wrong("a tree does not have the content its id says");
    std::vector<git::ChangedEntry> changes, gone;
    if (!git::diff_trees(new_tree.view(), old_tree.view(), changes) || !git::diff_trees(old_tree.view(), new_tree.view(), gone))
      return wrong("a tree is damaged");
    for (const git::ChangedEntry& change : gone)
      if (change.old.mode == 0) return wrong("an entry is lost");
    for (const git::ChangedEntry& change : changes) {
      const size_t length = path_.size();
      path_.append(change.entry.name);
      TRY(entry(change, context));
      path_.resize(length);
    }
    return {};
  }

  Status entry(const git::ChangedEntry& change, scanner::ContextId context) {
    if (change.entry.name == ".gitattributes") return {};
    if (change.old.mode != change.entry.mode) return wrong("a file changed its mode");
    if (change.entry.is_tree()) {
      path_.push_back('/');
      const git::Object inner = TRY(reader_.read(change.entry.id()));
      return compare({change.old.id(), change.entry.id()}, TRY(contexts_.enter(context, change.entry.name, inner.view())));
    }
    const Conversion* conversion = conversions_.find(change.old.id());
    if (!conversion || conversion->new_oid != change.entry.id()) return wrong("a file changed that was not to be converted");
    if (direction_ == Direction::to_files) return {};
    if (checked_.insert(change.entry.id()).second) {
      const git::Object blob = TRY(reader_.read(change.entry.id()));
      const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.view());
      if (parsed.kind != lfs::PointerKind::canonical || parsed.pointer.oid != conversion->object || parsed.pointer.size != conversion->size)
        return wrong("a pointer does not name the content it stands for");
    }
    if (!contexts_.covers(context, change.entry.name)) return wrong("attributes do not cover a pointer");
    return {};
  }

  git::ObjectReader reader_;
  const Conversions& conversions_;
  Direction direction_;
  scanner::TreeContexts contexts_;
  std::string path_;
  std::set<std::tuple<ObjectId, ObjectId, scanner::ContextId>> seen_;
  std::set<ObjectId> checked_;
};

}  // namespace

Status verify_trees(const git::ObjectDatabase& database, const std::vector<TreePair>& roots, const Conversions& conversions, Direction direction,
                    Progress& progress) {
  progress.phase("Verifying", roots.size(), "trees");
  std::vector<std::unique_ptr<Verifier>> verifiers(worker_count());
  std::mutex mutex;
  std::optional<Error> error;
  std::atomic<size_t> done{0};
  parallel_for(roots.size(), 512, [&](size_t begin, size_t end, unsigned worker) {
    if (!verifiers[worker]) verifiers[worker] = std::make_unique<Verifier>(database, conversions, direction);
    for (size_t i = begin; i < end; ++i) {
      if (Status status = verifiers[worker]->root(roots[i]); !status) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::move(status).error();
        return;
      }
    }
    progress.advance(done += end - begin);
  });
  if (error) return fail(std::move(*error));
  return {};
}

}  // namespace lfsguard::rewrite
