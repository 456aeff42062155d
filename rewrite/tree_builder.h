// New trees: entries of converted files name their pointers, attributes files have their lines, everything else is the bytes that it was.
//
// Trees are written into the pack as they are made, as deltas against the last one of the same directory. One builder for each thread; the pack is
// shared.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "git/objects/pack_writer.h"
#include "rewrite/attributes_plan.h"
#include "rewrite/blob_converter.h"
#include "rewrite/tree_survey.h"

namespace lfsguard::rewrite {

class TreeBuilder {
 public:
  // `only_covered`: as TreeSurvey's.
  TreeBuilder(const git::ObjectDatabase& database, const PathTrie& trie, const std::vector<bool>& only_covered, const AttributesPlan& attributes,
              const Conversions& conversions, git::PackWriter& pack)
      : reader_(database, 48u << 20), trie_(trie), only_covered_(only_covered), contexts_(reader_, attributes::AttributeBase()), attributes_(attributes),
        conversions_(conversions), pack_(pack) {}

  // The id of the new root tree; the old one where nothing changes.
  Result<ObjectId> root(const ObjectId& tree_oid, const RootFacts& facts, uint32_t edit);

 private:
  struct Key {
    uint32_t node, edit;
    scanner::ContextId context;
    ObjectId tree_oid;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return key.tree_oid.hash() ^ (key.node * 0x9e3779b97f4a7c15ull) ^ (static_cast<size_t>(key.edit) << 40) ^ (static_cast<size_t>(key.context) << 20);
    }
  };
  // The last tree, or attributes file, written for a directory.
  struct Last {
    std::string content;
    uint32_t position = 0;
  };

  Result<ObjectId> build(uint32_t node, const ObjectId& tree_oid, const git::Object& tree, uint32_t edit, const std::string& directory,
                         scanner::ContextId context);
  Result<ObjectId> write(uint32_t node, std::string content);
  Result<ObjectId> write_attributes(const std::string& directory, std::string content);
  // As `delta` against what was written before, where that is short (empty: there is none). It is the last one then.
  Result<ObjectId> write_after(Last& last, git::ObjectType type, const ObjectId& oid, std::string content, const std::string& delta);

  // What takes the place of a file; nullptr where it stays.
  const Conversion* conversion(uint32_t path, const git::TreeEntry& entry, scanner::ContextId context) const;

  git::ObjectReader reader_;
  const PathTrie& trie_;
  const std::vector<bool>& only_covered_;
  scanner::TreeContexts contexts_;
  const AttributesPlan& attributes_;
  const Conversions& conversions_;
  git::PackWriter& pack_;
  std::unordered_map<Key, ObjectId, KeyHash> known_;
  std::unordered_map<uint32_t, Last> last_;
  std::unordered_map<std::string, Last> last_attributes_;  // by directory
};

}  // namespace lfsguard::rewrite
