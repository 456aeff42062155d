// Walks the trees of one pack by families of deltas, from each base outwards, and notes what a digest keeps of every tree (git/objects/tree_digest.h).
//
// Most deltas between versions of a directory change ids only: every byte stays where it is. Such a delta is laid over its base's bytes in place, the
// few entries that it touches are read again, and on the way back the old bytes are put back. So a tree costs what changed in it, not what it holds.
// Other deltas (names come and go) are applied to a copy, in which only the stretch that differs is parsed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/big_vector.h"
#include "base/error.h"
#include "git/objects/inflate.h"
#include "git/objects/object_id_map.h"
#include "git/objects/pack_file.h"
#include "git/objects/pack_layout.h"
#include "git/objects/tree.h"

namespace lfsguard::git {

// A few ids; most others are told apart by their first two bytes.
class IdFilter {
 public:
  explicit IdFilter(const std::vector<ObjectId>& ids);
  bool contains(const uint8_t* raw_id) const {
    const unsigned first = first_bytes(raw_id);
    return (bits_[first / 64] >> (first % 64) & 1) && ids_.contains(ObjectId::from_raw(raw_id));
  }

 private:
  static unsigned first_bytes(const uint8_t* raw_id) { return static_cast<unsigned>(raw_id[0]) << 8 | raw_id[1]; }
  ObjectIdSet ids_;
  std::vector<uint64_t> bits_;
};

// Numbers for the trees of the packs that are digested: a tree that several packs hold has one.
class TreeNumbers {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;
  struct Part {
    const PackFile* pack;
    const PackLayout* layout;
    BigVector<uint32_t> numbers;  // by position in the index
  };
  struct Home {  // of a tree
    uint32_t part = 0;
    uint32_t position = 0;  // in the index of that part
  };

  void add(const PackFile& pack, const PackLayout& layout);
  uint32_t find(const ObjectId& oid) const {
    for (const Part& part : parts_)
      if (const auto position = part.layout->find(part.pack->index(), oid); position && part.numbers[*position] != kUnknown) return part.numbers[*position];
    return kUnknown;
  }
  ObjectId oid(uint32_t number) const { return parts_[homes_[number].part].pack->index().id(homes_[number].position); }
  const std::vector<Part>& parts() const { return parts_; }
  size_t size() const { return homes_.size(); }

 private:
  std::vector<Part> parts_;
  BigVector<Home> homes_;
};

// What is kept of an entry.
struct KeptEntry {
  uint32_t tree = TreeNumbers::kUnknown;  // of a subtree that has a number
  uint32_t text = 0;                      // its "40000 name\0", into Notes::names; else the whole entry, into Notes::entries
  bool operator==(const KeptEntry&) const = default;
};

// Texts, each stored once.
class TextTable {
 public:
  uint32_t intern(std::string_view text) {
    const auto [slot, fresh] = ids_.try_emplace(std::string(text), static_cast<uint32_t>(texts_.size()));
    if (fresh) texts_.push_back(&slot->first);
    return slot->second;
  }
  const std::string& operator[](uint32_t id) const { return *texts_[id]; }

 private:
  std::unordered_map<std::string, uint32_t> ids_;
  std::vector<const std::string*> texts_;  // keys of ids_, which stay where they are
};

// What one worker found.
struct TreeNotes {
  struct Tree {
    uint32_t number = 0;
    uint32_t begin = 0, count = 0;  // into kept
  };
  BigVector<Tree> trees;
  BigVector<KeptEntry> kept;
  TextTable names, entries;
};

// One for each worker and pack. Thread-safe among others of the same pack that write to other notes.
class TreeFamilies {
 public:
  // The deltas made from a tree: first_child[base], then next_sibling[...], positions in the pack; UINT32_MAX ends. What is given must stay.
  struct Kin {
    BigVector<uint32_t> first_child, next_sibling, roots;
    explicit Kin(const PackLayout& layout);
  };

  TreeFamilies(const TreeNumbers& numbers, const TreeNumbers::Part& part, const Kin& kin, const IdFilter& interesting, TreeNotes& notes)
      : numbers_(numbers), part_(part), pack_(*part.pack), layout_(*part.layout), kin_(kin), interesting_(interesting), notes_(notes) {}

  // Notes the tree at that position and all that are made from it. kind corrupt, with the byte, where one does not hold together.
  Status walk(uint32_t root);

 private:
  struct Found {
    uint32_t offset = 0;  // of the entry in the content
    KeptEntry entry;
  };
  struct Frame {
    std::vector<uint8_t> content;
    size_t size = 0;
    std::vector<uint32_t> boundaries;  // where entries begin, and the end
    std::vector<Found> found;          // by offset
    std::string_view view() const { return {reinterpret_cast<const char*>(content.data()), size}; }
  };
  // A tree on the way from its base to its deltas.
  struct Level {
    uint32_t next_child;
    uint32_t frame;  // whose content it is; changed in place since where the marks point
    size_t byte_edits, found_edits;
  };
  struct ByteEdit {
    uint32_t offset, size;
    size_t old_bytes;  // into old_bytes_
  };
  struct FoundEdit {
    uint32_t index;
    KeptEntry old;
  };

  Status inflate(uint32_t position, PackEntry& entry, std::vector<uint8_t>& out);
  Status make_root(uint32_t position, Frame& frame);
  // Lays the delta over the frame. False (and nothing is changed): it moves bytes, or what is kept would be more or fewer entries.
  bool patch(const uint8_t* delta, size_t delta_size, Frame& frame);
  bool reread(Frame& frame, size_t begin, size_t end, size_t& next_entry);
  void put_back(Frame& frame, size_t byte_edits, size_t found_edits);
  Status make_delta(uint32_t position, size_t delta_size, const Frame& base, Frame& frame);
  Result<size_t> parse_one(uint32_t position, Frame& frame, size_t at);
  bool keeps(const TreeEntry& entry) const;
  // `old`: what was kept at that place before, or null.
  KeptEntry kept(const TreeEntry& entry, const KeptEntry* old);
  void note(uint32_t position, const Frame& frame);

  const TreeNumbers& numbers_;
  const TreeNumbers::Part& part_;
  const PackFile& pack_;
  const PackLayout& layout_;
  const Kin& kin_;
  const IdFilter& interesting_;
  TreeNotes& notes_;
  Inflater inflater_;
  std::vector<uint8_t> delta_;
  std::vector<std::unique_ptr<Frame>> frames_;
  std::vector<Level> levels_;
  std::vector<ByteEdit> byte_edits_;
  std::vector<FoundEdit> found_edits_;
  std::vector<uint8_t> old_bytes_;
};

}  // namespace lfsguard::git
