#include "rewrite/tree_survey.h"

#include <endian.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "git/objects/tree_delta.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kKnownBytes = 80;  // of memory for a tree that is remembered; those forgotten are read again

// A mode that git would not write, or one written with a leading zero.
bool has_odd_mode(const git::TreeEntry& entry) {
  return entry.bytes.front() == '0' || (entry.mode != 0100644 && entry.mode != 0100755 && entry.mode != 0120000 && entry.mode != 0040000 && entry.mode != 0160000);
}

// Whether `next` may stand behind `entry`: names ascend, a directory's as if it ended in a slash, and none is there twice.
bool in_order(const git::TreeEntry& entry, const git::TreeEntry& next) {
  const size_t common = std::min(entry.name.size(), next.name.size());
  // Most are told apart by their first eight bytes, which are there in any case: an id follows the name.
  uint64_t first, next_first;
  std::memcpy(&first, entry.name.data(), sizeof first);
  std::memcpy(&next_first, next.name.data(), sizeof next_first);
  first = be64toh(first);
  next_first = be64toh(next_first);
  if (first != next_first && static_cast<size_t>(std::countl_zero(first ^ next_first)) / 8 < common) return first < next_first;
  if (const int order = entry.name.compare(0, common, next.name, 0, common); order != 0) return order < 0;
  if (entry.name.size() == next.name.size()) return false;
  const auto behind = [&](const git::TreeEntry& which) -> unsigned char {
    return which.name.size() > common ? static_cast<unsigned char>(which.name[common]) : which.is_tree() ? '/' : '\0';
  };
  return behind(entry) < behind(next);
}

}  // namespace

Result<bool> TreeSurvey::converts(uint32_t path, const git::TreeEntry& entry, scanner::ContextId context) {
  if (!is_regular(entry.mode)) return false;
  if (!only_covered_.empty() && only_covered_[path] && !contexts_.covers(context, entry.name)) return false;
  const ObjectId oid = entry.id();
  const BlobKinds::Kind kind = TRY(kinds_.kind(oid));
  if (kind.missing) missing_.insert(oid);
  return kind.convertible;
}

uint32_t TreeSurvey::intern(PathSet files) {
  const auto [slot, fresh] = file_ids_.try_emplace(files, static_cast<uint32_t>(file_sets_.size()));
  if (fresh) file_sets_.push_back(std::move(files));
  return slot->second;
}

uint32_t TreeSurvey::intern(std::vector<AttributesFileAt> attribute_files) {
  const auto [slot, fresh] = attribute_ids_.try_emplace(attribute_files, static_cast<uint32_t>(attribute_lists_.size()));
  if (fresh) attribute_lists_.push_back(std::move(attribute_files));
  return slot->second;
}

// Of several directories the first in order, whoever met it first.
void TreeSurvey::note_odd(const ObjectId& tree_oid, const std::string& directory) {
  const auto [slot, fresh] = odd_trees_.try_emplace(tree_oid, directory);
  if (!fresh && directory < slot->second) slot->second = directory;
}

TreeSurvey::Renamed TreeSurvey::absorb(const TreeSurvey& other) {
  Renamed renamed;
  for (const PathSet& files : other.file_sets_) renamed.files.push_back(intern(files));
  for (const auto& list : other.attribute_lists_) renamed.attributes.push_back(intern(list));
  other.blobs_.for_each([&](const ObjectId& oid, uint64_t size) { blobs_.insert(oid, size); });
  for (size_t path = 0; path < versions_.size(); ++path) versions_[path].insert(other.versions_[path].begin(), other.versions_[path].end());
  missing_.insert(other.missing_.begin(), other.missing_.end());
  for (const auto& [tree_oid, directory] : other.odd_trees_) note_odd(tree_oid, directory);
  return renamed;
}

Result<TreeSurvey::Root> TreeSurvey::root(const ObjectId& tree_oid, const Root* near, std::string& step) {
  step.clear();
  Root root{{}, TRY(reader_.read(tree_oid))};
  const std::string_view tree = root.tree.view();
  if (near && !needs_contexts()) {
    std::vector<git::TreeStretch> stretches;
    if (git::tree_stretches(tree, near->tree.view(), stretches)) {
      step = git::tree_delta(near->tree.view(), tree, stretches);
      if (!near->facts.odd && !concern(stretches, tree, near->tree.view())) {
        root.facts = near->facts;
        return root;
      }
    }
  }
  root.facts = TRY(visit(PathTrie::kRoot, tree_oid, root.tree, "", needs_contexts() ? TRY(contexts_.root(tree)) : 0));
  return root;
}

bool TreeSurvey::concern(const std::vector<git::TreeStretch>& stretches, std::string_view tree, std::string_view near) const {
  const auto matters = [&](const git::TreeEntry& entry) {
    return entry.name == ".gitattributes" || trie_.directory(PathTrie::kRoot, entry.name) != PathTrie::kNone || trie_.file(PathTrie::kRoot, entry.name) != PathTrie::kNone;
  };
  git::TreeEntry entry, previous;
  for (const git::TreeStretch& stretch : stretches) {
    for (git::TreeReader entries(near.substr(stretch.old_begin, stretch.old_end - stretch.old_begin)); entries.next(entry);)
      if (matters(entry)) return true;
    // Its own entries, with the neighbours that they must stand between.
    previous = {};
    for (git::TreeReader entries(tree.substr(stretch.before)); entries.next(entry); previous = entry) {
      const auto at = static_cast<size_t>(entry.bytes.data() - tree.data());
      if (previous.raw_id && !in_order(previous, entry)) return true;
      if (at >= stretch.end) break;
      if (at >= stretch.begin && (has_odd_mode(entry) || matters(entry))) return true;
    }
  }
  return false;
}

Result<RootFacts> TreeSurvey::visit(uint32_t node, const ObjectId& tree_oid, const git::Object& tree, const std::string& directory,
                                    scanner::ContextId context) {
  const Key key{node, tree_oid, context};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  PathSet files;
  std::vector<AttributesFileAt> attribute_files;
  git::TreeReader entries(tree.view());
  git::TreeEntry entry, previous;
  bool odd = false;
  while (entries.next(entry)) {
    odd = odd || has_odd_mode(entry) || (previous.raw_id && !in_order(previous, entry));
    previous = entry;
    if (entry.name == ".gitattributes") attribute_files.push_back({directory, entry.id(), entry.mode});
    if (entry.is_tree()) {
      const uint32_t below = trie_.directory(node, entry.name);
      if (below == PathTrie::kNone) continue;
      const git::Object content = TRY(reader_.read(entry.id()));
      const scanner::ContextId inner = needs_contexts() ? TRY(contexts_.enter(context, entry.name, content.view())) : 0;
      const RootFacts facts = TRY(visit(below, entry.id(), content, directory + std::string(entry.name) + "/", inner));
      files.add(file_sets_[facts.files]);
      const auto& inner_files = attribute_lists_[facts.attributes];
      attribute_files.insert(attribute_files.end(), inner_files.begin(), inner_files.end());
      continue;
    }
    const uint32_t path = trie_.file(node, entry.name);
    if (path == PathTrie::kNone || !TRY(converts(path, entry, context))) continue;
    files.add(path);
    const ObjectId oid = entry.id();
    if (versions_[path].insert(oid).second) blobs_.insert(oid, TRY(kinds_.kind(oid)).size);
  }
  if (entries.damaged()) return fail(ErrorKind::corrupt, "tree is damaged", tree_oid.hex(), "run 'git fsck'");
  files.settle();
  // Attributes only matter where something is converted.
  if (files.empty()) attribute_files.clear();
  else if (odd) note_odd(tree_oid, directory);
  RootFacts facts;
  facts.odd = odd;
  facts.files = intern(std::move(files));
  facts.attributes = intern(std::move(attribute_files));
  if (known_.size() * kKnownBytes >= memo_bytes_) known_.clear();
  known_.emplace(key, facts);
  return facts;
}

}  // namespace lfsguard::rewrite
