#include "git/objects/inflate.h"

#include <libdeflate.h>

namespace lfsguard::git {

struct Inflater::State {
  libdeflate_decompressor* whole = libdeflate_alloc_decompressor();
  ~State() { libdeflate_free_decompressor(whole); }
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

}  // namespace lfsguard::git
