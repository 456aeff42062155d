// Any bytes as a delta: nothing is read outside base and delta, nothing written outside the result. The first byte is the base's length.
#include <cstdint>
#include <string>

#include "git/objects/delta.h"

using namespace lfsguard::git;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t base_size = data[0] < size - 1 ? data[0] : size - 1;
  // Copies of their own, so that a sanitizer sees one byte too many.
  const std::string base(reinterpret_cast<const char*>(data + 1), base_size);
  const std::string delta(reinterpret_cast<const char*>(data + 1 + base_size), size - 1 - base_size);
  const auto* bytes = reinterpret_cast<const uint8_t*>(delta.data());
  const auto sizes = decode_delta_sizes(bytes, delta.size());
  if (!sizes || sizes->result > (1u << 20)) return 0;
  std::string result(sizes->result, '\0');
  apply_delta(base, bytes, delta.size(), reinterpret_cast<uint8_t*>(result.data()), result.size());
  return 0;
}
