#include "scanner/growth.h"

#include <optional>

#include "git/objects/tree.h"
#include "lfs/store/pointer.h"

namespace lfsguard::scanner {
namespace {

// nullopt where it is not stored.
Result<std::optional<git::Object>> stored(git::ObjectReader& reader, const ObjectId& oid) {
  auto object = reader.read(oid);
  if (object) return std::optional(std::move(*object));
  if (object.error().kind != ErrorKind::not_found) return fail(std::move(object).error());
  return std::optional<git::Object>();
}

// Whether the tree holds, at that path, a plain file that is no pointer.
Result<bool> holds(git::ObjectReader& reader, ObjectId tree, std::string_view path) {
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    const auto content = TRY(stored(reader, tree));
    if (!content) return false;
    const auto entry = git::find_entry(content->view(), name);
    if (!entry) return false;
    if (slash != std::string_view::npos) {
      if (!entry->is_tree()) return false;
      tree = entry->id();
      path.remove_prefix(slash + 1);
      continue;
    }
    if (!entry->is_blob() || entry->is_symlink()) return false;
    const auto header = reader.header(entry->id());
    // Neither what a partial clone left out nor an empty file stands for something else.
    if (!header || header->size == 0 || header->size >= lfs::kPointerSizeLimit) return true;
    return !lfs::parse_pointer(TRY(reader.read(entry->id())).view()).is_pointer();
  }
}

}  // namespace

Result<bool> forgive_growth(git::ObjectReader& reader, const PathPolicy& policy, std::span<const ObjectId> parent_trees, std::string_view path, bool symlink,
                            Violation& violation) {
  if (!policy.allows_growth() || violation.rule != config::Rule::oversize || symlink || policy.always_lfs(path)) return false;
  bool held = false;
  for (const ObjectId& tree : parent_trees) held = held || TRY(holds(reader, tree, path));
  if (!held) return false;
  if (policy.host_reject() == 0 || violation.size < policy.host_reject()) return true;
  if (policy.threshold(path) < policy.host_reject()) violation.limit = policy.host_reject();
  violation.severity = policy.policy().severity(config::Rule::oversize);
  return false;
}

}  // namespace lfsguard::scanner
