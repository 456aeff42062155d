// Files of a commit as `lfs fsck` looks at them: which are pointers, in which form, and which ought to be one by the commit's own attributes
// (and the outer ones: info/attributes, core.attributesFile). Objects are read in this process, each blob once for all commits.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "cli/context.h"
#include "git/attributes/attribute_stack.h"
#include "git/objects/object_reader.h"
#include "lfs/store/pointer.h"

namespace lfsguard::cli {

struct TreeFile {
  std::string path;
  ObjectId blob;
  std::optional<lfs::Pointer> pointer;
  bool canonical = false;  // of a pointer
  bool empty = false;
  bool covered = false;  // filter=lfs
};

class TreeCheck {
 public:
  static Result<TreeCheck> open(Context& context, const git::RepositoryLayout& layout);
  using Visit = std::function<void(const TreeFile& file)>;
  // Every regular file, in git's order. Blobs that are not here (a partial clone's) are left out.
  Status walk(const ObjectId& commit_oid, const Visit& visit);
  // Of a blob that is a pointer.
  Result<bool> is_canonical(const ObjectId& blob_oid) { return TRY(look_at(blob_oid))->canonical; }

 private:
  struct Blob {
    bool here = true, empty = false, canonical = false;
    std::optional<lfs::Pointer> pointer;
  };
  TreeCheck(std::unique_ptr<git::ObjectDatabase> database, attributes::AttributeBase base)
      : database_(std::move(database)), reader_(std::make_unique<git::ObjectReader>(*database_)), base_(std::move(base)) {}
  Status walk_tree(const ObjectId& tree_oid, const std::string& directory, const std::optional<attributes::AttributeStack>& parent,
                   std::string_view name, const Visit& visit);
  Result<const Blob*> look_at(const ObjectId& oid);

  std::unique_ptr<git::ObjectDatabase> database_;
  std::unique_ptr<git::ObjectReader> reader_;
  attributes::AttributeBase base_;
  std::unordered_map<ObjectId, Blob> known_;
};

}  // namespace lfsguard::cli
