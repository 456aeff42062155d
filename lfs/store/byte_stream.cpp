#include "lfs/store/byte_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/file_descriptor.h"

namespace lfsguard::lfs {

ByteSource source_of(int fd, std::string name) {
  return [fd, name = std::move(name)](char* buffer, size_t size) { return read_some(fd, buffer, size, name); };
}

ByteSink sink_to(int fd, std::string name) {
  return [fd, name = std::move(name)](std::string_view data) { return write_all(fd, data, name); };
}

ByteSource joined(std::string_view head, const ByteSource& tail) {
  return [head, &tail](char* buffer, size_t size) mutable -> Result<size_t> {
    const size_t from_head = std::min(size, head.size());
    std::memcpy(buffer, head.data(), from_head);
    head.remove_prefix(from_head);
    if (from_head == size) return size;
    return from_head + TRY(tail(buffer + from_head, size - from_head));
  };
}

}  // namespace lfsguard::lfs
