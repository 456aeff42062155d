// What each root tree holds of the paths to be converted, and which attributes files lie on the way to them. Everything else of a tree is not looked at.
//
// Both are interned: most commits hold the same files under the same attributes, so what follows from them is computed once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "git/attributes/attribute_stack.h"
#include "git/objects/object_id_map.h"
#include "git/objects/tree.h"
#include "git/objects/tree_diff.h"
#include "rewrite/path_set.h"
#include "rewrite/path_trie.h"
#include "rewrite/selection.h"
#include "scanner/tree_context.h"

namespace lfsguard::rewrite {

struct AttributesFileAt {
  std::string directory;  // "" or "a/b/"
  ObjectId oid;
  uint32_t mode = 0;
  bool operator<(const AttributesFileAt& other) const { return std::tie(directory, oid, mode) < std::tie(other.directory, other.oid, other.mode); }
};

struct RootFacts {
  uint32_t files = 0;       // into file_sets(): paths that are converted in that tree; [0] is empty
  uint32_t attributes = 0;  // into attribute_lists()
  bool odd = false;         // the root itself has entries which git's strict checks refuse
};

class TreeSurvey {
 public:
  // `only_covered[i]`: path i is converted only where the commit's own attributes cover it (--fixup). Empty: no path is. `memo_bytes`: what may be remembered of
  // trees (MemoryShares).
  TreeSurvey(git::ObjectReader& reader, const PathTrie& trie, BlobKinds& kinds, std::vector<bool> only_covered, size_t memo_bytes)
      : reader_(reader), trie_(trie), kinds_(kinds), only_covered_(std::move(only_covered)), memo_bytes_(memo_bytes), contexts_(reader, attributes::AttributeBase()) {
    file_sets_.emplace_back();
    attribute_lists_.emplace_back();
    file_ids_[{}] = 0;
    attribute_ids_[{}] = 0;
    versions_.resize(trie.paths().size());
  }

  struct Root {
    RootFacts facts;
    git::Object tree;
  };
  // `near`: a root much like it that this survey has looked at; null: none is at hand. Then only what the two differ in is looked at, and `step` becomes
  // the delta from that tree to this one (git's encoding); empty otherwise.
  Result<Root> root(const ObjectId& tree_oid, const Root* near, std::string& step);
  // Takes over what another survey of the same paths found; its facts become ours through the answer: by file set, by attribute list.
  struct Renamed {
    std::vector<uint32_t> files, attributes;
  };
  Renamed absorb(const TreeSurvey& other);
  // What was met before only saves time: gives that memory back.
  void forget() { known_ = {}; }

  const std::vector<PathSet>& file_sets() const { return file_sets_; }
  const std::vector<std::vector<AttributesFileAt>>& attribute_lists() const { return attribute_lists_; }
  // Distinct blobs that are converted, with their sizes; and by path.
  const git::ObjectIdMap<uint64_t>& blobs() const { return blobs_; }
  const std::vector<std::set<ObjectId>>& versions() const { return versions_; }
  // Blobs that must be converted and are not stored here (a partial clone).
  const std::set<ObjectId>& missing() const { return missing_; }
  // Trees that change and have entries which git's strict checks refuse, with a directory where each stands; they are kept as they are.
  const std::map<ObjectId, std::string>& odd_trees() const { return odd_trees_; }
  const std::vector<bool>& only_covered() const { return only_covered_; }

 private:
  struct Key {
    uint32_t node;
    ObjectId tree_oid;
    scanner::ContextId context;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return key.tree_oid.hash() ^ (key.node * 0x9e3779b97f4a7c15ull) ^ (static_cast<size_t>(key.context) << 32); }
  };
  void note_odd(const ObjectId& tree_oid, const std::string& directory);
  uint32_t intern(PathSet files);
  uint32_t intern(std::vector<AttributesFileAt> attribute_files);
  bool needs_contexts() const { return !only_covered_.empty(); }
  // Whether stretches in which a root differs from another touch what facts are about, or make it odd.
  bool concern(const std::vector<git::TreeStretch>& stretches, std::string_view tree, std::string_view near) const;
  Result<bool> converts(uint32_t path, const git::TreeEntry& entry, scanner::ContextId context);
  Result<RootFacts> visit(uint32_t node, const ObjectId& tree_oid, const git::Object& tree, const std::string& directory, scanner::ContextId context);

  git::ObjectReader& reader_;
  const PathTrie& trie_;
  BlobKinds& kinds_;
  std::vector<bool> only_covered_;
  size_t memo_bytes_;
  scanner::TreeContexts contexts_;
  std::unordered_map<Key, RootFacts, KeyHash> known_;
  std::vector<PathSet> file_sets_;
  std::map<PathSet, uint32_t> file_ids_;
  std::vector<std::vector<AttributesFileAt>> attribute_lists_;
  std::map<std::vector<AttributesFileAt>, uint32_t> attribute_ids_;
  git::ObjectIdMap<uint64_t> blobs_;
  std::vector<std::set<ObjectId>> versions_;
  std::set<ObjectId> missing_;
  std::map<ObjectId, std::string> odd_trees_;
};

}  // namespace lfsguard::rewrite
