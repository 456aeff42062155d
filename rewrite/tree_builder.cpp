#include "rewrite/tree_builder.h"

#include <algorithm>
#include <optional>

#include "base/sha1_lanes.h"
#include "base/sha256.h"
#include "git/objects/delta.h"
#include "git/objects/delta_writer.h"
#include "git/objects/tree_delta.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kKnownBytes = 100;       // of memory for a tree that is remembered; those forgotten are built again, and found in the pack
constexpr size_t kHashedTogether = 64;    // root trees
constexpr uint32_t kDepthMax = 50;  // of delta chains, git's own default
constexpr std::string_view kAttributesName = ".gitattributes", kAttributesMode = "100644";

// Whether an entry stands behind a file named .gitattributes in git's order.
bool stands_behind(const git::TreeEntry& entry) {
  return entry.is_tree() ? std::string(entry.name) + "/" > kAttributesName : entry.name > kAttributesName;
}

// The delta of two texts of which one has lines that the other lacks: what they begin and end with is copied.
std::string text_delta(std::string_view base, std::string_view result) {
  const size_t shorter = std::min(base.size(), result.size());
  size_t front = 0, back = 0;
  while (front < shorter && base[front] == result[front]) ++front;
  while (back < shorter - front && base[base.size() - 1 - back] == result[result.size() - 1 - back]) ++back;
  git::DeltaWriter delta(base.size(), result.size());
  delta.copy(0, front);
  delta.insert(result.substr(front, result.size() - back - front));
  delta.copy(base.size() - back, back);
  return delta.finish();
}

}  // namespace

const Conversion* TreeBuilder::conversion(uint32_t path, const git::TreeEntry& entry, scanner::ContextId context) const {
  if (!is_regular(entry.mode)) return nullptr;
  if (!only_covered_.empty() && only_covered_[path] && !contexts_.covers(context, entry.name)) return nullptr;
  return conversions_.find(entry.id());  // every blob that is to be converted is in here, and no other
}

TreeBuilder::BuiltPointer TreeBuilder::last(uint32_t node) const {
  const auto found = last_.find(node);
  return found == last_.end() ? nullptr : found->second;
}

Status TreeBuilder::root(const ObjectId& tree_oid, const RootFacts& facts, uint32_t edit, const ObjectId& near, std::string_view step, ObjectId& new_oid) {
  new_oid = tree_oid;
  if (facts.files == 0) return {};
  Key key{PathTrie::kRoot, edit, 0, tree_oid};
  if (only_covered_.empty() && !step.empty() && !known_.contains(key)) {
    const BuiltPointer* const known = recent_.find({PathTrie::kRoot, edit, 0, near});
    if (const BuiltPointer base = known ? *known : nullptr)
      if (auto built = TRY(patch(key, *base, step))) return wait(key, std::move(*built), base, new_oid);
  }
  git::Object tree;
  if (!only_covered_.empty()) {
    tree = TRY(reader_.read(tree_oid));
    key.context = TRY(contexts_.root(tree.view()));
  }
  if (const auto found = known_.find(key); found != known_.end()) {
    new_oid = found->second;
    return {};
  }
  if (!tree.data) tree = TRY(reader_.read(tree_oid));
  Built built = TRY(assemble(key, tree, edit, ""));
  if (built.content != tree.view()) return wait(key, std::move(built), last(PathTrie::kRoot), new_oid);
  remember(key, tree_oid);
  return {};
}

Status TreeBuilder::wait(const Key& key, Built built, BuiltPointer base, ObjectId& new_oid) {
  const auto kept = std::make_shared<Built>(std::move(built));
  waiting_bytes_ += kept->content.size();
  waiting_.push_back({key, kept, std::move(base), &new_oid});
  last_[PathTrie::kRoot] = kept;
  recent_.add(key, kept, kept->content.size());
  return waiting_.size() < kHashedTogether && waiting_bytes_ < memory_.recent ? Status() : flush();
}

Status TreeBuilder::flush() {
  std::vector<std::string_view> contents;
  for (const Waiting& waiting : waiting_) contents.push_back(waiting.built->content);
  const std::vector<ObjectId> ids = hash_objects("tree", contents);
  for (size_t i = 0; i < ids.size(); ++i) {
    const Waiting& waiting = waiting_[i];
    waiting.built->oid = *waiting.new_oid = ids[i];
    TRY(write(*waiting.built, waiting.base.get()));
    remember(waiting.key, ids[i]);
  }
  waiting_.clear();
  waiting_bytes_ = 0;
  return {};
}

// A tree below the root, whose id its parent needs at once.
Result<ObjectId> TreeBuilder::build(const Key& key, const git::Object& tree, uint32_t edit, const std::string& directory) {
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const auto built = std::make_shared<Built>(TRY(assemble(key, tree, edit, directory)));
  built->oid = built->content == tree.view() ? key.tree_oid : hash_object("tree", built->content);
  remember(key, built->oid);
  if (built->oid == key.tree_oid) return built->oid;
  TRY(write(*built, last(key.node).get()));
  last_[key.node] = built;
  return built->oid;
}

Result<ObjectId> TreeBuilder::new_id(const Key& key, const git::TreeEntry& entry, uint32_t edit, const std::string& directory) {
  const ObjectId oid = entry.id();
  if (entry.is_tree()) {
    const uint32_t below = trie_.directory(key.node, entry.name);
    if (below == PathTrie::kNone) return oid;
    const git::Object tree = TRY(reader_.read(oid));
    const scanner::ContextId context = !only_covered_.empty() ? TRY(contexts_.enter(key.context, entry.name, tree.view())) : 0;
    // Below the root an edit only matters where it changes nested files.
    return build({below, attributes_.is_nested(edit) ? edit : 0, context, oid}, tree, edit, directory + std::string(entry.name) + "/");
  }
  const uint32_t path = trie_.file(key.node, entry.name);
  const Conversion* converted = path == PathTrie::kNone ? nullptr : conversion(path, entry, key.context);
  return converted ? converted->new_oid : oid;
}

Result<TreeBuilder::Built> TreeBuilder::assemble(const Key& key, const git::Object& tree, uint32_t edit, const std::string& directory) {
  std::string attributes_id;
  if (edit != 0)
    if (std::optional<std::string> own = attributes_.content(edit, directory)) attributes_id = std::string(TRY(write_attributes(directory, std::move(*own))).raw());
  // Entries that stay are copied in runs, untouched.
  Built built;
  std::string& content = built.content;
  content.reserve(tree.size + 64);
  const std::string_view old = tree.view();
  size_t copied = 0;  // of the old tree
  const auto copy_up_to = [&](size_t at) {
    content.append(old.substr(copied, at - copied));
    copied = at;
  };
  const auto offset = [&](const git::TreeEntry& entry) { return static_cast<size_t>(entry.bytes.data() - old.data()); };
  const auto put_attributes = [&] {
    content.append(kAttributesMode).append(" ").append(kAttributesName).push_back('\0');
    content.append(attributes_id);
    attributes_id.clear();
  };
  const auto insert_attributes = [&](size_t at) {
    copy_up_to(at);
    const size_t before = content.size();
    put_attributes();
    built.inserted_at = at;
    built.inserted_size = content.size() - before;
  };
  git::TreeReader entries(old);
  git::TreeEntry entry;
  while (entries.next(entry)) {
    if (!attributes_id.empty() && entry.name == kAttributesName && !entry.is_tree()) {
      copy_up_to(offset(entry));
      if (is_regular(entry.mode)) {
        content.append(entry.bytes.substr(0, entry.bytes.size() - ObjectId::kSize)).append(attributes_id);
        attributes_id.clear();
      } else {
        put_attributes();
      }
      copied += entry.bytes.size();
      continue;
    }
    if (!attributes_id.empty() && stands_behind(entry)) insert_attributes(offset(entry));
    const ObjectId oid = TRY(new_id(key, entry, edit, directory));
    if (oid == entry.id()) continue;
    copy_up_to(offset(entry) + entry.bytes.size() - ObjectId::kSize);
    content.append(oid.raw());
    copied += ObjectId::kSize;
  }
  if (entries.damaged()) return fail(ErrorKind::corrupt, "tree is damaged", key.tree_oid.hex(), "run 'git fsck'");
  if (!attributes_id.empty()) insert_attributes(old.size());
  copy_up_to(old.size());
  return built;
}

Result<std::optional<TreeBuilder::Built>> TreeBuilder::patch(const Key& key, const Built& base, std::string_view step) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(step.data());
  const auto sizes = git::decode_delta_sizes(bytes, step.size());
  if (!sizes || sizes->base + base.inserted_size != base.content.size()) return std::nullopt;
  // Offsets of the old tree in the new one. The edit is the same, so both old trees have the same attributes file, or none: what was put in must lie where
  // bytes are copied.
  const auto in_base = [&](size_t old_offset) { return old_offset + (old_offset > base.inserted_at ? base.inserted_size : 0); };
  Built built;
  std::string& content = built.content;
  content.reserve(sizes->result + base.inserted_size);  // exactly what it takes: the delta points into it
  git::DeltaWriter delta(base.content.size(), sizes->result + base.inserted_size);
  built.inserted_size = base.inserted_size;
  size_t made = 0, at = 0;  // of the result; of the base's old tree
  std::string entries;      // inserted bytes, which are whole entries
  const auto put_entries = [&]() -> Status {
    git::TreeReader reader(entries);
    for (git::TreeEntry entry; reader.next(entry);) {
      const ObjectId oid = TRY(new_id(key, entry, key.edit, ""));
      const size_t begin = content.size();
      content.append(entry.bytes.substr(0, entry.bytes.size() - ObjectId::kSize)).append(oid.raw());
      delta.insert(std::string_view(content).substr(begin));
    }
    entries.clear();
    return {};
  };
  for (git::DeltaReader reader(bytes + sizes->header, bytes + step.size()); !reader.at_end();) {
    git::DeltaReader::Step next;
    if (!reader.next(next)) return std::nullopt;
    if (next.insert) {
      entries.append(reinterpret_cast<const char*>(next.insert), next.size);
      made += next.size;
      continue;
    }
    const size_t end = next.offset + next.size;
    if (next.offset != at || !entries.empty()) {
      // What lies between `at` and here is replaced by these entries.
      if (at <= base.inserted_at && base.inserted_at <= next.offset) return std::nullopt;
      TRY(put_entries());
    }
    if (next.offset <= base.inserted_at && base.inserted_at <= end && base.inserted_at != std::string::npos) built.inserted_at = made + base.inserted_at - next.offset;
    const size_t from = in_base(next.offset), size = in_base(end) - from;
    content.append(base.content, from, size);
    delta.copy(from, size);
    made += next.size;
    at = end;
  }
  if (at <= base.inserted_at && base.inserted_at <= sizes->base) return std::nullopt;
  TRY(put_entries());
  built.delta = delta.finish();
  return built;
}

Status TreeBuilder::write(Built& built, const Built* base) {
  if (const auto position = pack_.position(built.oid)) {
    built.position = *position;
  } else {
    bool as_delta = base && pack_.depth(base->position) < kDepthMax;
    if (as_delta && built.delta.empty()) built.delta = git::tree_delta(base->content, built.content);
    as_delta = as_delta && built.delta.size() * 2 < built.content.size();
    built.position = as_delta ? TRY(pack_.add_delta(built.oid, base->position, built.delta)) : TRY(pack_.add(git::ObjectType::tree, built.oid, built.content));
  }
  built.delta = {};
  return {};
}

void TreeBuilder::remember(const Key& key, const ObjectId& oid) {
  if (known_.size() * kKnownBytes >= memory_.memo) known_.clear();
  known_.emplace(key, oid);
}

Result<ObjectId> TreeBuilder::write_attributes(const std::string& directory, std::string content) {
  const ObjectId oid = hash_object("blob", content);
  if (pack_.position(oid)) return oid;
  LastAttributes& last = last_attributes_[directory];
  const std::string delta = last.content.empty() ? std::string() : text_delta(last.content, content);
  const bool as_delta = !delta.empty() && delta.size() * 2 < content.size() && pack_.depth(last.position) < kDepthMax;
  last.position = as_delta ? TRY(pack_.add_delta(oid, last.position, delta)) : TRY(pack_.add(git::ObjectType::blob, oid, content));
  last.content = std::move(content);
  return oid;
}

}  // namespace lfsguard::rewrite
