// The first bytes of a stream are what zlib makes of it; where zlib stops, so do we. Byte 0 of the input says how many bytes are wanted.
#define ZLIB_CONST
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "git/objects/inflate_prefix.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t wanted = data[0] < 32 ? data[0] : static_cast<size_t>(data[0]) * 37;
  // A copy of exactly that size, so that a look behind its end is seen.
  const size_t length = size - 1;
  const std::unique_ptr<uint8_t[]> stream(new uint8_t[length ? length : 1]);
  std::memcpy(stream.get(), data + 1, length);
  std::vector<uint8_t> ours(wanted + 1, 0xee), theirs(wanted + 1, 0xee);
  const long got = lfsguard::git::inflate_prefix(stream.get(), length, ours.data(), wanted);
  if (ours[wanted] != 0xee) std::abort();

  z_stream z{};
  if (inflateInit(&z) != Z_OK) return 0;
  z.next_in = stream.get();
  z.avail_in = static_cast<uInt>(length);
  z.next_out = theirs.data();
  z.avail_out = static_cast<uInt>(wanted);
  const int code = wanted ? inflate(&z, Z_SYNC_FLUSH) : Z_OK;
  const size_t written = wanted - z.avail_out;
  const bool checksum = code == Z_DATA_ERROR && z.msg && std::strstr(z.msg, "data check");
  const bool complete = wanted > 0 && (code == Z_STREAM_END || written == wanted || checksum);
  // Without its checksum a stream is cut short for zlib; we do not look at it.
  const bool unsure = wanted == 0 || (code == Z_OK && written < wanted) || (code == Z_BUF_ERROR && written < wanted);
  inflateEnd(&z);
  if (got >= 0 && std::memcmp(ours.data(), theirs.data(), std::min<size_t>(written, static_cast<size_t>(got))) != 0) std::abort();
  if (complete && got != static_cast<long>(written)) std::abort();
  if (!complete && !unsure && got >= 0) std::abort();
  if (unsure && got > static_cast<long>(written)) std::abort();
  return 0;
}
