#include "git/objects/tree_delta.h"

#include <algorithm>

#include "git/objects/tree.h"

namespace lfsguard::git {
namespace {

constexpr size_t kInsertMax = 127;
constexpr size_t kCopyMax = 0xffff;

class DeltaBuilder {
 public:
  DeltaBuilder(std::string_view base, std::string_view result) : result_(result) {
    put_size(base.size());
    put_size(result.size());
  }
  void copy(size_t offset, size_t size) {
    if (size > 0 && copy_size_ > 0 && offset == copy_offset_ + copy_size_ && pending_begin_ == pending_end_) {
      copy_size_ += size;
      return;
    }
    flush();
    copy_offset_ = offset;
    copy_size_ = size;
  }
  // The next `size` bytes of the result from `begin` are new.
  void insert(size_t begin, size_t size) {
    if (pending_begin_ == pending_end_) {
      flush_copy();
      pending_begin_ = begin;
    }
    pending_end_ = begin + size;
  }
  std::string finish() {
    flush();
    return std::move(delta_);
  }

 private:
  void put_size(size_t size) {
    while (size >= 0x80) {
      delta_ += static_cast<char>(size | 0x80);
      size >>= 7;
    }
    delta_ += static_cast<char>(size);
  }
  void flush_copy() {
    while (copy_size_ > 0) {
      const size_t size = std::min(copy_size_, kCopyMax);
      std::string arguments;
      uint8_t op = 0x80;
      for (int i = 0; i < 4; ++i)
        if (const auto byte = static_cast<uint8_t>(copy_offset_ >> (8 * i))) {
          op |= static_cast<uint8_t>(1 << i);
          arguments += static_cast<char>(byte);
        }
      for (int i = 0; i < 2; ++i)
        if (const auto byte = static_cast<uint8_t>(size >> (8 * i))) {
          op |= static_cast<uint8_t>(0x10 << i);
          arguments += static_cast<char>(byte);
        }
      delta_ += static_cast<char>(op);
      delta_ += arguments;
      copy_offset_ += size;
      copy_size_ -= size;
    }
  }
  void flush() {
    flush_copy();
    while (pending_begin_ < pending_end_) {
      const size_t size = std::min(pending_end_ - pending_begin_, kInsertMax);
      delta_ += static_cast<char>(size);
      delta_ += result_.substr(pending_begin_, size);
      pending_begin_ += size;
    }
    pending_begin_ = pending_end_ = 0;
  }

  std::string_view result_;
  std::string delta_;
  size_t copy_offset_ = 0, copy_size_ = 0;
  size_t pending_begin_ = 0, pending_end_ = 0;
};

}  // namespace

std::string tree_delta(std::string_view base, std::string_view result) {
  DeltaBuilder delta(base, result);
  size_t at_base = 0, at = 0;
  while (at < result.size()) {
    // Bytes in step, whole entries or not: a copy may begin and end anywhere.
    size_t same = 0;
    const size_t most = std::min(base.size() - at_base, result.size() - at);
    while (same + 32 <= most && std::memcmp(base.data() + at_base + same, result.data() + at + same, 32) == 0) same += 32;
    while (same < most && base[at_base + same] == result[at + same]) ++same;
    // Cut back to where an entry ends, so that both sides stay in step by entries.
    size_t whole = 0;
    while (whole < same) {
      const void* nul = std::memchr(result.data() + at + whole, 0, result.size() - at - whole);
      if (!nul) break;
      const size_t end = static_cast<size_t>(static_cast<const char*>(nul) - result.data()) - at + 1 + ObjectId::kSize;
      if (end > same) break;
      whole = end;
    }
    if (whole > 0) {
      delta.copy(at_base, whole);
      at_base += whole;
      at += whole;
      continue;
    }
    TreeReader reader(result.substr(at)), base_reader(base.substr(at_base));
    TreeEntry entry, old;
    if (!reader.next(entry)) {
      delta.insert(at, result.size() - at);
      break;
    }
    const bool has_old = base_reader.next(old);
    if (has_old && old.name < entry.name) {  // gone from the result
      at_base += old.bytes.size();
      continue;
    }
    delta.insert(at, entry.bytes.size());
    at += entry.bytes.size();
    if (has_old && old.name == entry.name) at_base += old.bytes.size();
  }
  return delta.finish();
}

}  // namespace lfsguard::git
