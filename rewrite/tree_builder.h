// New trees: entries of converted files name their pointers, attributes files have their lines, everything else is the bytes that it was.
//
// A root is made from a neighbour's that was made before, where the survey has kept the step from one to the other: what the old ones share the new ones
// share, so the old tree is not even read, and what was done is the delta that goes into the pack. One builder for each thread; the pack is shared.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "git/objects/pack_writer.h"
#include "rewrite/attributes_plan.h"
#include "rewrite/blob_converter.h"
#include "rewrite/memory_shares.h"
#include "rewrite/recent.h"
#include "rewrite/tree_survey.h"

namespace lfsguard::rewrite {

class TreeBuilder {
 public:
  // `only_covered`: as TreeSurvey's.
  TreeBuilder(const git::ObjectDatabase& database, const PathTrie& trie, const std::vector<bool>& only_covered, const AttributesPlan& attributes,
              const Conversions& conversions, const MemoryShares& memory, git::PackWriter& pack)
      : reader_(database, memory.reader), trie_(trie), only_covered_(only_covered), contexts_(reader_, attributes::AttributeBase()), attributes_(attributes),
        conversions_(conversions), memory_(memory), pack_(pack), recent_(memory.recent) {}

  // `new_oid` becomes the id of the new root tree, by flush() at the latest; the old one where nothing changes. `near` and `step` (Plan::steps): the old root
  // tree of a neighbouring commit, best one built lately, and the delta from there; empty: none is known.
  Status root(const ObjectId& tree_oid, const RootFacts& facts, uint32_t edit, const ObjectId& near, std::string_view step, ObjectId& new_oid);
  // Root trees wait to be hashed together and written in their order.
  Status flush();

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
  // A new tree.
  struct Built {
    std::string content;
    size_t inserted_at = std::string::npos;  // in the old one, where an attributes file was put in
    size_t inserted_size = 0;
    std::string delta;  // against a neighbour, as it was made; empty: none was
    ObjectId oid;
    uint32_t position = 0;  // in the pack
  };
  using BuiltPointer = std::shared_ptr<const Built>;
  struct Waiting {
    Key key;
    std::shared_ptr<Built> built;
    BuiltPointer base;  // may wait itself, in front of it
    ObjectId* new_oid;
  };
  // The attributes file written last for a directory.
  struct LastAttributes {
    std::string content;
    uint32_t position = 0;
  };

  Result<ObjectId> build(const Key& key, const git::Object& tree, uint32_t edit, const std::string& directory);
  // The whole tree, entry by entry.
  Result<Built> assemble(const Key& key, const git::Object& tree, uint32_t edit, const std::string& directory);
  // A root from a neighbour's with the same edit. nullopt: not this time.
  Result<std::optional<Built>> patch(const Key& key, const Built& base, std::string_view step);
  // The id that takes the place of an entry's; its own where it stays.
  Result<ObjectId> new_id(const Key& key, const git::TreeEntry& entry, uint32_t edit, const std::string& directory);
  // As a delta against `base` (null: whole), where that is short.
  Status write(Built& built, const Built* base);
  Status wait(const Key& key, Built built, BuiltPointer base, ObjectId& new_oid);
  BuiltPointer last(uint32_t node) const;
  void remember(const Key& key, const ObjectId& oid);
  Result<ObjectId> write_attributes(const std::string& directory, std::string content);

  // What takes the place of a file; nullptr where it stays.
  const Conversion* conversion(uint32_t path, const git::TreeEntry& entry, scanner::ContextId context) const;

  git::ObjectReader reader_;
  const PathTrie& trie_;
  const std::vector<bool>& only_covered_;
  scanner::TreeContexts contexts_;
  const AttributesPlan& attributes_;
  const Conversions& conversions_;
  const MemoryShares& memory_;
  git::PackWriter& pack_;
  std::unordered_map<Key, ObjectId, KeyHash> known_;
  Recent<Key, BuiltPointer, KeyHash> recent_;                       // roots
  std::vector<Waiting> waiting_;                                    // roots
  size_t waiting_bytes_ = 0;
  std::unordered_map<uint32_t, BuiltPointer> last_;                 // for each directory
  std::unordered_map<std::string, LastAttributes> last_attributes_;  // by directory
};

}  // namespace lfsguard::rewrite
