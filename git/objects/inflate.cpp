#include "git/objects/inflate.h"

#include <libdeflate.h>
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>

namespace lfsguard::git {

struct Inflater::State {
  libdeflate_decompressor* whole = libdeflate_alloc_decompressor();
  z_stream stream{};
  State() { inflateInit(&stream); }
  ~State() {
    libdeflate_free_decompressor(whole);
    inflateEnd(&stream);
  }
};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;

bool Inflater::whole(const uint8_t* stream, size_t available, uint8_t* out, size_t size, size_t* consumed) {
  size_t read = 0, written = 0;
  const libdeflate_result result =
      libdeflate_zlib_decompress_ex(state_->whole, stream, available, out, size, &read, &written);
  if (result != LIBDEFLATE_SUCCESS || written != size) return false;
  if (consumed) *consumed = read;
  return true;
}

long Inflater::prefix(const uint8_t* stream, size_t available, uint8_t* out, size_t size) {
  z_stream& z = state_->stream;
  inflateReset(&z);
  z.next_in = stream;
  z.avail_in = static_cast<uInt>(std::min<size_t>(available, UINT32_MAX));
  z.next_out = out;
  z.avail_out = static_cast<uInt>(size);
  const int code = ::inflate(&z, Z_SYNC_FLUSH);
  const long written = static_cast<long>(size - z.avail_out);
  if (code == Z_OK || code == Z_STREAM_END || (code == Z_BUF_ERROR && written == static_cast<long>(size))) return written;
  return -1;
}

}  // namespace lfsguard::git
