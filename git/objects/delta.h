// git's delta encoding (gitformat-pack, "Deltified representation"): a header of two sizes, then copy and insert instructions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lfsguard::git {

struct DeltaSizes {
  uint64_t base = 0;
  uint64_t result = 0;
  size_t header = 0;  // bytes the two sizes take
};

// The sizes in front of the instructions; `bytes` may be only the first 20 bytes of the delta. nullopt: cut short or too large.
inline std::optional<DeltaSizes> decode_delta_sizes(const uint8_t* bytes, size_t size) {
  DeltaSizes sizes;
  size_t at = 0;
  for (uint64_t* value : {&sizes.base, &sizes.result}) {
    unsigned shift = 0;
    uint8_t byte;
    do {
      if (at >= size || shift > 63) return std::nullopt;
      byte = bytes[at++];
      *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
  }
  sizes.header = at;
  return sizes;
}

// The most bytes that two size varints take.
inline constexpr size_t kDeltaHeaderMax = 20;

// Applies `delta` to `base`, writing exactly `result_size` bytes (the size its header says). False: an instruction leaves the base,
// overruns the result or is the reserved one, or the base has another size than the header says.
bool apply_delta(std::string_view base, const uint8_t* delta, size_t delta_size, uint8_t* result, size_t result_size);

}  // namespace lfsguard::git
