// Hash tables keyed by object id: open addressing, linear probing, no erase. Ids are uniform, so eight of their bytes are the hash.
//
// Made for millions of entries that are only ever added: one flat array, half full at most. Not thread-safe; pointers into it are good
// until the next insertion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/big_vector.h"
#include "base/object_id.h"

namespace lfsguard::git {

template <typename Value>
class ObjectIdMap {
 public:
  explicit ObjectIdMap(size_t expected = 0) { rehash(expected); }

  Value* find(const ObjectId& id) {
    if (slots_.empty()) return nullptr;
    for (size_t at = id.hash() & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (!slot.used) return nullptr;
      if (slot.id == id) return &slot.value;
    }
  }
  const Value* find(const ObjectId& id) const { return const_cast<ObjectIdMap*>(this)->find(id); }
  bool contains(const ObjectId& id) const { return find(id) != nullptr; }

  // The value of `id` and whether it is new (then `value` was stored).
  std::pair<Value*, bool> insert(const ObjectId& id, Value value = Value{}) {
    if ((count_ + 1) * 2 > slots_.size()) rehash(count_ + 1);
    for (size_t at = id.hash() & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (!slot.used) {
        slot.used = true;
        slot.id = id;
        slot.value = std::move(value);
        ++count_;
        return {&slot.value, true};
      }
      if (slot.id == id) return {&slot.value, false};
    }
  }

  void reserve(size_t expected) { rehash(expected); }
  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_)
      if (slot.used) visit(slot.id, slot.value);
  }

 private:
  struct Slot {
    ObjectId id;
    bool used = false;
    [[no_unique_address]] Value value{};
  };

  void rehash(size_t wanted) {
    size_t size = 16;
    while (size < wanted * 4) size *= 2;
    if (size <= slots_.size()) return;
    BigVector<Slot> old(size);
    old.swap(slots_);
    mask_ = size - 1;
    for (Slot& slot : old) {
      if (!slot.used) continue;
      size_t at = slot.id.hash() & mask_;
      while (slots_[at].used) at = (at + 1) & mask_;
      slots_[at] = std::move(slot);
    }
  }

  BigVector<Slot> slots_;
  size_t mask_ = 0;
  size_t count_ = 0;
};

struct Nothing {};
using ObjectIdSet = ObjectIdMap<Nothing>;

}  // namespace lfsguard::git
