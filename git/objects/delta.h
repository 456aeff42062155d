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

// Reads the instructions one by one.
class DeltaReader {
 public:
  // `begin`: behind the two sizes.
  DeltaReader(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}
  struct Step {
    const uint8_t* insert = nullptr;  // the bytes to insert; null: copy from the base at `offset`
    uint64_t offset = 0;
    uint64_t size = 0;
  };
  bool at_end() const { return at_ == end_; }
  // False: cut short, or the reserved instruction.
  bool next(Step& step) {
    const uint8_t op = *at_++;
    if (op & 0x80) {
      step = {};
      for (int i = 0; i < 4; ++i)
        if (op & (1 << i)) {
          if (at_ == end_) return false;
          step.offset |= static_cast<uint64_t>(*at_++) << (8 * i);
        }
      for (int i = 0; i < 3; ++i)
        if (op & (0x10 << i)) {
          if (at_ == end_) return false;
          step.size |= static_cast<uint64_t>(*at_++) << (8 * i);
        }
      if (step.size == 0) step.size = 0x10000;
      return true;
    }
    if (op == 0 || op > end_ - at_) return false;
    step = {at_, 0, op};
    at_ += op;
    return true;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// Applies `delta` to `base`, writing exactly `result_size` bytes (the size its header says). False: an instruction leaves the base,
// overruns the result or is the reserved one, or the base has another size than the header says.
bool apply_delta(std::string_view base, const uint8_t* delta, size_t delta_size, uint8_t* result, size_t result_size);

}  // namespace lfsguard::git
