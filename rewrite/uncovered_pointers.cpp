#include "rewrite/uncovered_pointers.h"

#include <set>
#include <tuple>
#include <unordered_set>

#include "git/attributes/attribute_stack.h"
#include "git/objects/tree.h"
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

  // Adds paths of pointers that the tree's own attributes do not cover.
  Status search(const ObjectId& tree_oid, std::set<std::string>& found) {
    path_.clear();
    const git::Object tree = TRY(reader_.read(tree_oid));
    return visit(tree_oid, tree, TRY(contexts_.root(tree.view())), 0, found);
  }

 private:
  Status visit(const ObjectId& tree_oid, const git::Object& tree, scanner::ContextId context, size_t depth, std::set<std::string>& found) {
    if (depth > kDepthMax || !seen_.insert({path_, tree_oid, context}).second) return {};
    git::TreeReader entries(tree.view());
    git::TreeEntry entry;
    const size_t length = path_.size();
    while (entries.next(entry)) {
      path_.append(entry.name);
      if (entry.is_tree()) {
        path_.push_back('/');
        const git::Object inner = TRY(reader_.read(entry.id()));
        TRY(visit(entry.id(), inner, TRY(contexts_.enter(context, entry.name, inner.view())), depth + 1, found));
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

Result<std::vector<std::string>> uncovered_pointers(git::ObjectReader& reader, const std::vector<TipTree>& tips, AttributesPlan* attributes,
                                                    const PathSelection& selection) {
  PointerSearch search(reader, selection);
  std::set<std::string> paths;
  for (const TipTree& tip : tips) {
    std::set<std::string> found;
    TRY(search.search(tip.tree_oid, found));
    for (const std::string& path : found)
      if (!attributes || !is_covered_by(*attributes, tip.edit, path)) paths.insert(path);
  }
  return std::vector<std::string>(paths.begin(), paths.end());
}

}  // namespace lfsguard::rewrite
