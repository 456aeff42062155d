// Streams of bytes between a filter, the store and the network, so that content of any size passes in constant memory.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lfsguard::lfs {

// Fills up to `size` bytes and says how many; fewer than `size` only at the end of the content.
using ByteSource = std::function<Result<size_t>(char* buffer, size_t size)>;
// Takes all of the bytes or fails.
using ByteSink = std::function<Status(std::string_view)>;

// `name` is for errors. The descriptor stays the caller's.
ByteSource source_of(int fd, std::string name);
ByteSink sink_to(int fd, std::string name);
// What is in `head`, then what `tail` gives. Both must outlive the source.
ByteSource joined(std::string_view head, const ByteSource& tail);

}  // namespace lfsguard::lfs
