// Any bytes as a pack's: a header that is accepted stays inside the pack and names a base before itself.
#include <cstdint>
#include <cstdlib>

#include "git/objects/pack_entry.h"

using namespace lfsguard::git;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (uint64_t offset = 0; offset <= size && offset < 300; ++offset) {
    PackEntry entry;
    if (!decode_pack_entry(data, size, offset, entry)) continue;
    if (entry.stream_offset <= offset || entry.stream_offset >= size) std::abort();
    if (entry.type == ObjectType::ofs_delta && (entry.base_offset < 12 || entry.base_offset >= offset)) std::abort();
  }
  return 0;
}
