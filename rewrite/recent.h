// What was met lately, up to so many bytes: the oldest goes first.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_map>
#include <utility>

namespace lfsguard::rewrite {

template <typename Key, typename Value, typename Hash = std::hash<Key>>
class Recent {
 public:
  explicit Recent(size_t most_bytes) : most_bytes_(most_bytes) {}
  // Null: it was never added, or has gone. Good until the next add().
  const Value* find(const Key& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second.value;
  }
  // A key that is there already keeps its value. The last one added always stays.
  void add(const Key& key, Value value, size_t bytes) {
    if (!values_.emplace(key, Sized{std::move(value), bytes}).second) return;
    order_.push_back(key);
    for (bytes_ += bytes; bytes_ > most_bytes_ && order_.size() > 1; order_.pop_front()) {
      const auto oldest = values_.find(order_.front());
      bytes_ -= oldest->second.bytes;
      values_.erase(oldest);
    }
  }

 private:
  struct Sized {
    Value value;
    size_t bytes;
  };
  size_t most_bytes_, bytes_ = 0;
  std::unordered_map<Key, Sized, Hash> values_;
  std::deque<Key> order_;
};

}  // namespace lfsguard::rewrite
