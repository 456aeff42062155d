// The first bytes of a deflated (zlib) stream (RFC 1950, RFC 1951), for streams that are short: objects' headers, deltas' sizes, the head of a commit.
//
// zlib and libdeflate set up for long streams; of a short one, setting up is most of the work. Here tables are small, and where only a few bytes are wanted
// none are filled. No window: what matches refer to is in the output. Streams that zlib takes are taken, others not; the checksum at the end is not looked at.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lfsguard::git {

// Inflates up to `size` first bytes of the stream into `out`; returns how many there are (fewer than `size` only where the stream ends), or -1 when it is
// damaged before that. Reads no byte at or behind stream + available.
long inflate_prefix(const uint8_t* stream, size_t available, uint8_t* out, size_t size);

}  // namespace lfsguard::git
