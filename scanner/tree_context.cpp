#include "scanner/tree_context.h"

#include "git/objects/tree.h"

namespace lfsguard::scanner {
namespace {

constexpr std::string_view kName = ".gitattributes";

// git's name order puts it near the front: the walk ends where names have passed it.
std::optional<ObjectId> attributes_entry(std::string_view tree) {
  git::TreeReader reader(tree);
  git::TreeEntry entry;
  while (reader.next(entry)) {
    if (entry.name == kName) return entry.is_blob() ? std::optional(entry.id()) : std::nullopt;
    if (entry.name > kName) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

TreeContexts::File TreeContexts::canonical(File file) {
  // Macros act at a distance: such files are only equal to themselves.
  if (!file->macros().empty()) return file;
  std::string meaning;
  for (const auto& rule : file->filter_rules()) {
    const auto& line = file->rules()[rule.rule];
    const auto& token = *file->tokens(rule.token);
    meaning.append(line.raw_pattern).push_back('\0');
    meaning.push_back(static_cast<char>(token.state));
    meaning.push_back(static_cast<char>(line.pattern.negative << 1 | line.pattern.must_be_directory));
    meaning.append(token.value).push_back('\0');
  }
  return by_meaning_.try_emplace(std::move(meaning), std::move(file)).first->second;
}

Result<TreeContexts::File> TreeContexts::file_of(std::string_view tree, ContextId parent) {
  const auto oid = attributes_entry(tree);
  if (!oid) return File();
  auto known = by_blob_.find(*oid);
  if (known == by_blob_.end()) {
    auto object = reader_.read(*oid);
    if (!object && object.error().kind != ErrorKind::not_found) return fail(std::move(object).error());
    if (!object) missing_.push_back(*oid);  // a partial clone's
    File file = object && object->type == git::ObjectType::blob ? attributes::AttributeFile::parse(object->view(), attributes::ReadFrom::blob) : File();
    known = by_blob_.emplace(*oid, file ? canonical(std::move(file)) : File()).first;
  }
  const File& file = known->second;
  if (!file || !file->can_set_filter()) return File();
  if (parent != kOutside && !nodes_[parent].stack->can_change_filter(*file)) return File();
  if (parent == kOutside && !file->names_filter() && file->macros().empty() && !base_.root(nullptr).can_change_filter(*file)) return File();
  return file;
}

Result<ContextId> TreeContexts::enter(ContextId parent, std::string_view name, std::string_view tree) {
  const File file = TRY(file_of(tree, parent));
  // Where nothing covers anything and nothing new is said, the directory is of no consequence.
  if (parent != kOutside && !file && !nodes_[parent].can_cover) return parent;
  auto key = std::tuple(parent, std::string(name), static_cast<const void*>(file.get()));
  if (const auto known = entered_.find(key); known != entered_.end()) return known->second;
  Node node;
  node.stack = parent == kOutside ? base_.root(file) : nodes_[parent].stack->enter(name, file);
  node.can_cover = node.stack->can_give_filter();
  nodes_.push_back(std::move(node));
  const auto id = static_cast<ContextId>(nodes_.size() - 1);
  entered_.emplace(std::move(key), id);
  return id;
}

}  // namespace lfsguard::scanner
