#include "rewrite/uncovered_pointers.h"

#include <mutex>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_set>

#include "base/thread_pool.h"
#include "git/attributes/attribute_stack.h"
#include "git/objects/first_error.h"
#include "git/objects/tree_diff.h"
#include "lfs/store/pointer.h"
#include "scanner/tree_context.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kDepthMax = 4096;
constexpr uint64_t kSmallestPointer = 24;  // bytes; what is smaller is none

class PointerSearch {
 public:
  PointerSearch(git::ObjectReader& reader, const PathSelection& selection)
      : reader_(reader), selection_(selection), contexts_(reader, attributes::AttributeBase()) {}

  // Adds paths of pointers that the tree's own attributes do not cover. What the tree shares with the one before, under attributes that say the same, was
  // met there.
  Status search(const ObjectId& tree_oid, std::set<std::string>& found) {
    path_.clear();
    const git::Object tree = TRY(reader_.read(tree_oid));
    const scanner::ContextId context = TRY(contexts_.root(tree.view()));
    TRY(visit(tree_oid, tree, last_ && context == last_context_ ? &*last_ : nullptr, context, 0, found));
    last_ = tree;
    last_context_ = context;
    return {};
  }

 private:
  Status visit(const ObjectId& tree_oid, const git::Object& tree, const git::Object* old, scanner::ContextId context, size_t depth, std::set<std::string>& found) {
    if (depth > kDepthMax || !seen_.insert({path_, tree_oid, context}).second) return {};
    std::vector<git::ChangedEntry> changes;
    git::diff_trees(tree.view(), old ? old->view() : std::string_view(), changes);  // of a damaged tree what comes before the damage: that is for others to tell
    const size_t length = path_.size();
    for (const auto& [entry, old_entry] : changes) {
      path_.append(entry.name);
      if (entry.is_tree()) {
        path_.push_back('/');
        const git::Object inner = TRY(reader_.read(entry.id()));
        const scanner::ContextId inner_context = TRY(contexts_.enter(context, entry.name, inner.view()));
        std::optional<git::Object> old_inner;
        if (old_entry.is_tree()) {
          old_inner = TRY(reader_.read(old_entry.id()));
          if (TRY(contexts_.enter(context, entry.name, old_inner->view())) != inner_context) old_inner.reset();
        }
        TRY(visit(entry.id(), inner, old_inner ? &*old_inner : nullptr, inner_context, depth + 1, found));
      } else if (is_regular(entry.mode) && TRY(is_pointer(entry.id())) && !contexts_.covers(context, entry.name) && selection_.takes(path_)) {
        found.insert(path_);
      }
      path_.resize(length);
    }
    return {};
  }

  Result<bool> is_pointer(const ObjectId& oid) {
    if (plain_.contains(oid)) return false;
    const auto header = reader_.header(oid);
    if (header && header->size >= kSmallestPointer && header->size < lfs::kPointerSizeLimit) {
      const git::Object blob = TRY(reader_.read(oid));
      const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.view());
      if (parsed.is_pointer() && !parsed.pointer.stands_for_nothing()) return true;
    }
    plain_.insert(oid);
    return false;
  }

  git::ObjectReader& reader_;
  const PathSelection& selection_;
  scanner::TreeContexts contexts_;
  std::string path_;
  std::optional<git::Object> last_;
  scanner::ContextId last_context_ = 0;
  std::set<std::tuple<std::string, ObjectId, scanner::ContextId>> seen_;
  std::unordered_set<ObjectId> plain_;
};

// Whether the lines that a tree gets cover the path. Only files that change are looked at: what the others say did not cover it.
bool is_covered_by(const AttributesPlan& attributes_plan, uint32_t edit, const std::string& path) {
  const size_t slash = path.rfind('/');
  const auto stack = attributes::stack_for_directory(attributes::AttributeBase(), slash == std::string::npos ? "" : path.substr(0, slash),
                                                     [&](std::string_view directory) -> std::shared_ptr<const attributes::AttributeFile> {
                                                       const auto bytes = attributes_plan.content(edit, std::string(directory));
                                                       return bytes ? attributes::AttributeFile::parse(*bytes, attributes::ReadFrom::blob) : nullptr;
                                                     });
  return stack.filter(path.substr(slash == std::string::npos ? 0 : slash + 1)).is_lfs();
}

}  // namespace

Result<std::vector<std::string>> uncovered_pointers(const git::ObjectDatabase& database, const std::vector<TipTree>& tips, AttributesPlan* attributes,
                                                    const PathSelection& selection) {
  const size_t stretch = (tips.size() + worker_count() - 1) / worker_count();
  std::mutex mutex;
  std::set<std::string> paths;
  git::FirstError error;
  parallel_for(tips.size(), stretch, [&](size_t begin, size_t end, unsigned) {
    git::ObjectReader reader(database, 32u << 20);
    PointerSearch search(reader, selection);
    for (size_t i = begin; i < end; ++i) {
      std::set<std::string> found;
      if (Status status = search.search(tips[i].tree_oid, found); !status) return error.set(i, std::move(status).error());
      const std::lock_guard lock(mutex);
      for (const std::string& path : found)
        if (!attributes || !is_covered_by(*attributes, tips[i].edit, path)) paths.insert(path);
    }
  });
  TRY(error.status());
  return std::vector<std::string>(paths.begin(), paths.end());
}

}  // namespace lfsguard::rewrite
