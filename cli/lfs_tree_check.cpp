#include "cli/lfs_tree_check.h"

#include "git/objects/commit.h"
#include "git/objects/tree.h"
#include "scanner/outer_attributes.h"

namespace lfsguard::cli {

Result<TreeCheck> TreeCheck::open(Context& context, const git::RepositoryLayout& layout) {
  auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  return TreeCheck(std::move(database), TRY(scanner::attributes_of_work_tree(layout, *TRY(context.git_config()))));
}

Status TreeCheck::walk(const ObjectId& commit_oid, const Visit& visit) {
  const git::Object object = TRY(reader_->read(commit_oid));
  const auto commit = git::parse_commit(object.view());
  if (!commit) return fail(ErrorKind::corrupt, "commit is damaged", commit_oid.hex(), "run 'git fsck'");
  return walk_tree(commit->tree_oid, "", std::nullopt, "", visit);
}

Status TreeCheck::walk_tree(const ObjectId& tree_oid, const std::string& directory, const std::optional<attributes::AttributeStack>& parent,
                            std::string_view name, const Visit& visit) {
  const git::Object tree = TRY(reader_->read(tree_oid));
  std::shared_ptr<const attributes::AttributeFile> file;
  git::TreeEntry entry;
  for (git::TreeReader entries(tree.view()); entries.next(entry);)
    if (entry.name == ".gitattributes" && entry.is_blob() && !entry.is_symlink())
      file = attributes::AttributeFile::parse(TRY(reader_->read(entry.id())).view(), attributes::ReadFrom::blob);
  const attributes::AttributeStack stack = parent ? parent->enter(name, file) : base_.root(file);

  git::TreeReader entries(tree.view());
  while (entries.next(entry)) {
    const std::string path = directory + std::string(entry.name);
    if (entry.is_tree()) {
      TRY(walk_tree(entry.id(), path + "/", stack, entry.name, visit));
    } else if (entry.is_blob() && !entry.is_symlink()) {
      const Blob* blob = TRY(look_at(entry.id()));
      if (blob->here) visit({path, entry.id(), blob->pointer, blob->canonical, blob->empty, stack.filter(entry.name).is_lfs()});
    }
  }
  if (entries.damaged()) return fail(ErrorKind::corrupt, "tree is damaged", tree_oid.hex(), "run 'git fsck'");
  return {};
}

Result<const TreeCheck::Blob*> TreeCheck::look_at(const ObjectId& oid) {
  const auto [slot, fresh] = known_.try_emplace(oid);
  Blob& blob = slot->second;
  if (!fresh) return &blob;
  const Result<git::ObjectHeader> header = reader_->header(oid);
  if (!header && header.error().kind != ErrorKind::not_found) return fail(header.error());
  blob.here = header.has_value();
  if (!blob.here || header->size >= lfs::kPointerSizeLimit) return &blob;
  const git::Object content = TRY(reader_->read(oid));
  blob.empty = content.view().empty();
  lfs::ParsedPointer parsed = lfs::parse_pointer(content.view());
  if (blob.empty || !parsed.is_pointer()) return &blob;
  blob.canonical = parsed.kind == lfs::PointerKind::canonical;
  blob.pointer = std::move(parsed.pointer);
  return &blob;
}

}  // namespace lfsguard::cli
