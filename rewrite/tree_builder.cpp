#include "rewrite/tree_builder.h"

#include <algorithm>
#include <optional>

#include "base/sha256.h"
#include "git/objects/tree_delta.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kKnownMax = 2u << 20;  // trees remembered, some 100 bytes each; beyond it they are built again, and found in the pack
constexpr uint32_t kDepthMax = 50;  // of delta chains, git's own default
constexpr std::string_view kAttributesName = ".gitattributes", kAttributesMode = "100644";

// Whether an entry stands behind a file named .gitattributes in git's order.
bool stands_behind(const git::TreeEntry& entry) {
  return entry.is_tree() ? std::string(entry.name) + "/" > kAttributesName : entry.name > kAttributesName;
}

void put_size(std::string& delta, size_t size) {
  for (; size >= 0x80; size >>= 7) delta += static_cast<char>(size | 0x80);
  delta += static_cast<char>(size);
}

// Copies of at most 64 KiB, each with all four bytes of its offset and two of its size.
void put_copy(std::string& delta, size_t offset, size_t size) {
  constexpr size_t kCopyMax = 0xffff;
  for (size_t n; size > 0; offset += n, size -= n) {
    n = std::min(size, kCopyMax);
    delta += static_cast<char>(0x80 | 0x0f | 0x30);
    for (int shift = 0; shift < 32; shift += 8) delta += static_cast<char>(offset >> shift);
    delta += static_cast<char>(n);
    delta += static_cast<char>(n >> 8);
  }
}

// git's delta of two texts of which one has lines that the other lacks: what they begin and end with is copied.
std::string text_delta(std::string_view base, std::string_view result) {
  constexpr size_t kInsertMax = 0x7f;
  const size_t shorter = std::min(base.size(), result.size());
  size_t front = 0, back = 0;
  while (front < shorter && base[front] == result[front]) ++front;
  while (back < shorter - front && base[base.size() - 1 - back] == result[result.size() - 1 - back]) ++back;
  std::string delta;
  put_size(delta, base.size());
  put_size(delta, result.size());
  put_copy(delta, 0, front);
  for (size_t at = front; at < result.size() - back; at += kInsertMax) {
    const size_t n = std::min(kInsertMax, result.size() - back - at);
    delta += static_cast<char>(n);
    delta += result.substr(at, n);
  }
  put_copy(delta, base.size() - back, back);
  return delta;
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
  // Below the root an edit only matters where it changes nested files.
  const Key key{node, node == PathTrie::kRoot || attributes_.is_nested(edit) ? edit : 0, context, tree_oid};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;

  std::string attributes_id;
  if (edit != 0)
    if (std::optional<std::string> own = attributes_.content(edit, directory)) attributes_id = std::string(TRY(write_attributes(directory, std::move(*own))).raw());
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
  if (known_.size() >= kKnownMax) known_.clear();
  known_.emplace(key, oid);
  return oid;
}

Result<ObjectId> TreeBuilder::write(uint32_t node, std::string content) {
  const ObjectId oid = hash_object("tree", content);
  if (pack_.contains(oid)) return oid;
  Last& last = last_[node];
  const std::string delta = last.content.empty() ? std::string() : git::tree_delta(last.content, content);
  return write_after(last, git::ObjectType::tree, oid, std::move(content), delta);
}

Result<ObjectId> TreeBuilder::write_attributes(const std::string& directory, std::string content) {
  const ObjectId oid = hash_object("blob", content);
  if (pack_.contains(oid)) return oid;
  Last& last = last_attributes_[directory];
  const std::string delta = last.content.empty() ? std::string() : text_delta(last.content, content);
  return write_after(last, git::ObjectType::blob, oid, std::move(content), delta);
}

Result<ObjectId> TreeBuilder::write_after(Last& last, git::ObjectType type, const ObjectId& oid, std::string content, const std::string& delta) {
  uint32_t position = 0;
  if (!delta.empty() && delta.size() * 2 < content.size() && pack_.depth(last.position) < kDepthMax) position = TRY(pack_.add_delta(oid, last.position, delta));
  else position = TRY(pack_.add(type, oid, content));
  last.content = std::move(content);
  last.position = position;
  return oid;
}

}  // namespace lfsguard::rewrite
