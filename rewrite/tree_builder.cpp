#include "rewrite/tree_builder.h"

#include "base/sha256.h"
#include "git/objects/tree_delta.h"

namespace lfsguard::rewrite {
namespace {

constexpr uint32_t kDepthMax = 50;  // of delta chains, git's own default
constexpr std::string_view kAttributesName = ".gitattributes", kAttributesMode = "100644";

// Whether an entry stands behind a file named .gitattributes in git's order.
bool stands_behind(const git::TreeEntry& entry) {
  return entry.is_tree() ? std::string(entry.name) + "/" > kAttributesName : entry.name > kAttributesName;
}

}  // namespace

const Conversion* TreeBuilder::conversion(uint32_t path, const git::TreeEntry& entry, scanner::ContextId context) const {
  if (!is_regular(entry.mode)) return nullptr;
  if (!only_covered_.empty() && only_covered_[path] && !contexts_.covers(context, entry.name)) return nullptr;
  return conversions_.find(entry.id());  // every blob that is to be converted is in here, and no other
}

Result<ObjectId> TreeBuilder::root(const ObjectId& tree_oid, const RootFacts& facts, uint32_t edit) {
  if (facts.files == 0) return tree_oid;
  const git::Object tree = TRY(reader_.read(tree_oid));
  const scanner::ContextId context = !only_covered_.empty() ? TRY(contexts_.root(tree.view())) : 0;
  return build(PathTrie::kRoot, tree_oid, tree, edit, "", context);
}

Result<ObjectId> TreeBuilder::build(uint32_t node, const ObjectId& tree_oid, const git::Object& tree, uint32_t edit, const std::string& directory,
                                    scanner::ContextId context) {
  const AttributesEdit& attributes_edit = attributes_.edits()[edit];
  // Below the root an edit only matters where it changes nested files.
  const Key key{node, node == PathTrie::kRoot || attributes_edit.nested ? edit : 0, context, tree_oid};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;

  const auto own = attributes_edit.files.find(directory);
  std::string attributes_id;
  if (own != attributes_edit.files.end()) {
    const ObjectId oid = hash_object("blob", own->second);
    TRY(pack_.add(git::ObjectType::blob, oid, own->second));
    attributes_id = std::string(oid.raw());
  }
  // Entries that stay are copied in runs, untouched.
  std::string content;
  content.reserve(tree.size + 64);
  const std::string_view old = tree.view();
  size_t copied = 0;  // of the old tree
  const auto copy_up_to = [&](const git::TreeEntry& entry) {
    const auto at = static_cast<size_t>(entry.bytes.data() - old.data());
    content.append(old.substr(copied, at - copied));
    copied = at;
  };
  const auto put = [&](std::string_view mode, std::string_view name, std::string_view raw_id) {
    content.append(mode).append(" ").append(name).push_back('\0');
    content.append(raw_id);
  };
  // The entry with another id in place of its own.
  const auto replace = [&](const git::TreeEntry& entry, std::string_view raw_id) {
    copy_up_to(entry);
    content.append(entry.bytes.substr(0, entry.bytes.size() - ObjectId::kSize)).append(raw_id);
    copied += entry.bytes.size();
  };
  git::TreeReader entries(old);
  git::TreeEntry entry;
  while (entries.next(entry)) {
    if (!attributes_id.empty() && entry.name == kAttributesName && !entry.is_tree()) {
      if (is_regular(entry.mode)) {
        replace(entry, attributes_id);
      } else {
        copy_up_to(entry);
        put(kAttributesMode, kAttributesName, attributes_id);
        copied += entry.bytes.size();
      }
      attributes_id.clear();
      continue;
    }
    if (!attributes_id.empty() && stands_behind(entry)) {
      copy_up_to(entry);
      put(kAttributesMode, kAttributesName, attributes_id);
      attributes_id.clear();
    }
    if (entry.is_tree()) {
      const uint32_t below = trie_.directory(node, entry.name);
      if (below == PathTrie::kNone) continue;
      const git::Object inner_tree = TRY(reader_.read(entry.id()));
      const scanner::ContextId inner = !only_covered_.empty() ? TRY(contexts_.enter(context, entry.name, inner_tree.view())) : 0;
      const ObjectId oid = TRY(build(below, entry.id(), inner_tree, edit, directory + std::string(entry.name) + "/", inner));
      if (oid != entry.id()) replace(entry, oid.raw());
    } else if (const uint32_t path = trie_.file(node, entry.name); path != PathTrie::kNone) {
      if (const Conversion* converted = conversion(path, entry, context)) replace(entry, converted->new_oid.raw());
    }
  }
  if (entries.damaged()) return fail(ErrorKind::corrupt, "tree is damaged", tree_oid.hex(), "run 'git fsck'");
  content.append(old.substr(copied));
  if (!attributes_id.empty()) put(kAttributesMode, kAttributesName, attributes_id);
  ObjectId oid = tree_oid;
  if (content != tree.view()) oid = TRY(write(node, std::move(content)));
  known_.emplace(key, oid);
  return oid;
}

Result<ObjectId> TreeBuilder::write(uint32_t node, std::string content) {
  const ObjectId oid = hash_object("tree", content);
  if (pack_.contains(oid)) return oid;
  Last& last = last_[node];
  uint32_t position = 0;
  bool written = false;
  if (!last.content.empty() && pack_.depth(last.position) < kDepthMax) {
    const std::string delta = git::tree_delta(last.content, content);
    if (delta.size() * 2 < content.size()) {
      position = TRY(pack_.add_delta(oid, last.position, delta));
      written = true;
    }
  }
  if (!written) position = TRY(pack_.add(git::ObjectType::tree, oid, content));
  last.content = std::move(content);
  last.position = position;
  return oid;
}

}  // namespace lfsguard::rewrite
