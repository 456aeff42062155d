#include "rewrite/path_discovery.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_set>

#include "base/thread_pool.h"
#include "git/objects/tree_diff.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kRun = 512;
constexpr size_t kDepthMax = 4096;

class Discoverer {
 public:
  Discoverer(const git::ObjectDatabase& database, const DiscoveryInput& input, const PathSelection& selection, const RewriteOptions& options)
      : input_(input), selection_(selection), reader_(database, 32u << 20), kinds_(reader_, options) {}

  Status visit(const ObjectId& tree_oid, const ObjectId* old_oid) {
    path_.clear();
    return compare(tree_oid, old_oid, 0);
  }

  std::set<std::string> paths;

 private:
  Status compare(const ObjectId& tree_oid, const ObjectId* old_oid, size_t depth) {
    if (old_oid && *old_oid == tree_oid) return {};
    if (depth > kDepthMax) return fail(ErrorKind::corrupt, "directories are nested too deeply", path_.substr(0, 200));
    if (input_.digest && input_.digest->kind(tree_oid) == git::TreeDigest::Kind::clean) return {};
    std::string digested, old_digested;
    const git::Object tree = TRY(content(tree_oid, digested));
    git::Object old;
    if (old_oid) old = TRY(content(*old_oid, old_digested));
    std::vector<git::ChangedEntry> changes;
    if (!git::diff_trees(tree.view(), old.view(), changes)) return fail(ErrorKind::corrupt, "tree is damaged", tree_oid.hex(), "run 'git fsck'");
    for (const git::ChangedEntry& change : changes) {
      const size_t length = path_.size();
      if (change.entry.is_tree()) {
        path_.append(change.entry.name).push_back('/');
        ObjectId below;
        const bool has_old = change.old.mode != 0 && change.old.is_tree();
        if (has_old) below = change.old.id();
        TRY(compare(change.entry.id(), has_old ? &below : nullptr, depth + 1));
      } else if (is_regular(change.entry.mode)) {
        TRY(file(change.entry));
      }
      path_.resize(length);
    }
    return {};
  }

  // The tree, or what of it leads to a large blob; `keep` holds the bytes of the latter.
  Result<git::Object> content(const ObjectId& oid, std::string& keep) {
    const auto kind = input_.digest ? input_.digest->kind(oid) : git::TreeDigest::Kind::unknown;
    if (kind == git::TreeDigest::Kind::unknown) return reader_.read(oid);
    if (kind == git::TreeDigest::Kind::leads) keep = input_.digest->content(oid);
    const auto* bytes = reinterpret_cast<const uint8_t*>(keep.data());
    return git::Object{git::ObjectType::tree, std::shared_ptr<const uint8_t[]>(std::shared_ptr<void>(), bytes), keep.size()};
  }

  Status file(const git::TreeEntry& entry) {
    const ObjectId oid = entry.id();
    if (input_.large && !input_.large->contains(oid)) return {};
    path_.append(entry.name);
    if (paths.contains(path_) || !selection_.takes(path_)) return {};
    if (TRY(kinds_.kind(oid)).convertible) paths.insert(path_);
    return {};
  }

  const DiscoveryInput& input_;
  const PathSelection& selection_;
  git::ObjectReader reader_;
  BlobKinds kinds_;
  std::string path_;
};

}  // namespace

Result<std::vector<std::string>> discover_paths(const git::ObjectDatabase& database, const DiscoveryInput& input, const PathSelection& selection,
                                                const RewriteOptions& options, Progress& progress) {
  const auto& commits = input.history->commits();
  progress.phase("Finding paths", commits.size(), "commits");
  std::vector<std::unique_ptr<Discoverer>> workers(worker_count());
  std::mutex mutex;
  std::optional<Error> error;
  std::atomic<size_t> done{0};
  const auto note = [&](Status status) {
    if (status) return true;
    const std::lock_guard lock(mutex);
    if (!error) error = std::move(status).error();
    return false;
  };
  parallel_for(commits.size(), kRun, [&](size_t begin, size_t end, unsigned worker) {
    if (!workers[worker]) workers[worker] = std::make_unique<Discoverer>(database, input, selection, options);
    for (size_t i = begin; i < end; ++i) {
      const auto parents = input.history->parents(commits[i]);
      if (!note(workers[worker]->visit(commits[i].tree_oid, parents.empty() ? nullptr : &commits[parents[0]].tree_oid))) return;
    }
    progress.advance(done += end - begin);
  });
  if (!workers[0]) workers[0] = std::make_unique<Discoverer>(database, input, selection, options);
  for (const ObjectId& tree : input.bare_trees) note(workers[0]->visit(tree, nullptr));
  if (error) return fail(std::move(*error));
  std::set<std::string> paths;
  for (const auto& worker : workers)
    if (worker) paths.insert(worker->paths.begin(), worker->paths.end());
  return std::vector<std::string>(paths.begin(), paths.end());
}

}  // namespace lfsguard::rewrite
