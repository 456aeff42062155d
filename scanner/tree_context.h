// Attributes along a walk through many commits' trees: parsed files cached by blob id, stacks shared, contexts that say the same made equal.
//
// Two commits whose .gitattributes differ only in what is not about `filter` must compare as the same context, or each such edit
// would cost a look at the whole tree again. So a file counts by its lines about `filter` alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "git/attributes/attribute_stack.h"
#include "git/objects/object_reader.h"

namespace lfsguard::scanner {

using ContextId = uint32_t;

// One for each thread: not synchronised.
class TreeContexts {
 public:
  // `base`: what holds outside the trees (info/attributes; and for the work tree the user's and the system's file).
  TreeContexts(git::ObjectReader& reader, attributes::AttributeBase base) : reader_(reader), base_(std::move(base)) {}

  // The context of a root tree, given its content; and of the directory `name` below one.
  Result<ContextId> root(std::string_view tree) { return enter(kOutside, {}, tree); }
  Result<ContextId> enter(ContextId parent, std::string_view name, std::string_view tree);

  // Whether attributes make LFS of the file `name` in a directory of that context.
  bool covers(ContextId context, std::string_view name) const { return nodes_[context].stack->filter(name).is_lfs(); }
  // False: nothing in or below it can be covered unless a nested file says so.
  bool can_cover(ContextId context) const { return nodes_[context].can_cover; }
  // Attributes files that are not stored here (a partial clone's): judged as if they said nothing.
  const std::vector<ObjectId>& missing() const { return missing_; }

 private:
  static constexpr ContextId kOutside = UINT32_MAX;
  struct Node {
    std::optional<attributes::AttributeStack> stack;
    bool can_cover = false;
  };
  using File = std::shared_ptr<const attributes::AttributeFile>;

  // The .gitattributes of a tree; null when there is none or it cannot change what `filter` says.
  Result<File> file_of(std::string_view tree, ContextId parent);
  File canonical(File file);

  git::ObjectReader& reader_;
  attributes::AttributeBase base_;
  std::vector<Node> nodes_;
  std::map<std::tuple<ContextId, std::string, const void*>, ContextId, std::less<>> entered_;
  std::unordered_map<ObjectId, File> by_blob_;
  std::unordered_map<std::string, File> by_meaning_;
  std::vector<ObjectId> missing_;
};

}  // namespace lfsguard::scanner
