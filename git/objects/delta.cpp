#include "git/objects/delta.h"

#include <cstring>

namespace lfsguard::git {

bool apply_delta(std::string_view base, const uint8_t* delta, size_t delta_size, uint8_t* result, size_t result_size) {
  const auto sizes = decode_delta_sizes(delta, delta_size);
  if (!sizes || sizes->base != base.size() || sizes->result != result_size) return false;
  const uint8_t* at = delta + sizes->header;
  const uint8_t* const end = delta + delta_size;
  uint8_t* out = result;
  uint8_t* const out_end = result + result_size;
  while (at < end) {
    const uint8_t op = *at++;
    if (op & 0x80) {
      uint64_t offset = 0, size = 0;
      for (int i = 0; i < 4; ++i)
        if (op & (1 << i)) {
          if (at >= end) return false;
          offset |= static_cast<uint64_t>(*at++) << (8 * i);
        }
      for (int i = 0; i < 3; ++i)
        if (op & (0x10 << i)) {
          if (at >= end) return false;
          size |= static_cast<uint64_t>(*at++) << (8 * i);
        }
      if (size == 0) size = 0x10000;
      if (offset > base.size() || size > base.size() - offset || size > static_cast<uint64_t>(out_end - out)) return false;
      std::memcpy(out, base.data() + offset, size);
      out += size;
    } else {
      if (op == 0 || op > end - at || op > out_end - out) return false;
      std::memcpy(out, at, op);
      at += op;
      out += op;
    }
  }
  return out == out_end;
}

}  // namespace lfsguard::git
