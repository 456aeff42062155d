#include "git/objects/delta.h"

#include <cstring>

namespace lfsguard::git {

bool apply_delta(std::string_view base, const uint8_t* delta, size_t delta_size, uint8_t* result, size_t result_size) {
  const auto sizes = decode_delta_sizes(delta, delta_size);
  if (!sizes || sizes->base != base.size() || sizes->result != result_size) return false;
  uint8_t* out = result;
  uint8_t* const out_end = result + result_size;
  DeltaReader reader(delta + sizes->header, delta + delta_size);
  while (!reader.at_end()) {
    DeltaReader::Step step;
    if (!reader.next(step) || step.size > static_cast<uint64_t>(out_end - out)) return false;
    if (!step.insert) {
      if (step.offset > base.size() || step.size > base.size() - step.offset) return false;
      std::memcpy(out, base.data() + step.offset, step.size);
    } else {
      std::memcpy(out, step.insert, step.size);
    }
    out += step.size;
  }
  return out == out_end;
}

}  // namespace lfsguard::git
