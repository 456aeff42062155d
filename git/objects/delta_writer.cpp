#include "git/objects/delta_writer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace lfsguard::git {
namespace {

constexpr size_t kInsertMax = 127;
constexpr size_t kCopyMax = 0xffff;  // three bytes of size would do for more, which old readers do not know

}  // namespace

DeltaWriter::DeltaWriter(size_t base_size, size_t result_size) {
  put_size(base_size);
  put_size(result_size);
}

void DeltaWriter::copy(size_t offset, size_t size) {
  if (size == 0) return;
  if (copy_size_ > 0 && offset == copy_offset_ + copy_size_) {
    copy_size_ += size;
    return;
  }
  flush();
  copy_offset_ = offset;
  copy_size_ = size;
}

void DeltaWriter::insert(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!pending_.empty() && bytes.data() == pending_.data() + pending_.size()) {
    pending_ = {pending_.data(), pending_.size() + bytes.size()};
    return;
  }
  flush();
  pending_ = bytes;
}

std::string DeltaWriter::finish() {
  flush();
  return std::move(delta_);
}

void DeltaWriter::put_size(size_t size) {
  for (; size >= 0x80; size >>= 7) delta_ += static_cast<char>(size | 0x80);
  delta_ += static_cast<char>(size);
}

// Of the two only one is open at a time.
void DeltaWriter::flush() {
  while (copy_size_ > 0) {
    const size_t size = std::min(copy_size_, kCopyMax);
    char op[8];
    size_t length = 1;
    uint8_t flags = 0x80;
    const auto put = [&](size_t value, int bytes, int first_flag) {
      for (int i = 0; i < bytes; ++i)
        if (const auto byte = static_cast<uint8_t>(value >> (8 * i))) {
          flags |= static_cast<uint8_t>(first_flag << i);
          op[length++] = static_cast<char>(byte);
        }
    };
    put(copy_offset_, 4, 0x01);
    put(size, 2, 0x10);
    op[0] = static_cast<char>(flags);
    delta_.append(op, length);
    copy_offset_ += size;
    copy_size_ -= size;
  }
  while (!pending_.empty()) {
    const size_t size = std::min(pending_.size(), kInsertMax);
    delta_ += static_cast<char>(size);
    delta_.append(pending_.substr(0, size));
    pending_.remove_prefix(size);
  }
}

}  // namespace lfsguard::git
