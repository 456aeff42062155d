// Any bytes as a pointer file: what is canonical is written again byte for byte, and what is read at all gives a canonical form that is canonical.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lfs/store/pointer.h"

using namespace lfsguard::lfs;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string content(reinterpret_cast<const char*>(data), size);
  const ParsedPointer parsed = parse_pointer(content);
  static_cast<void>(nearly_pointer(content));
  if (!parsed.is_pointer() || content.empty()) return 0;
  const std::string canonical = format_pointer(parsed.pointer);
  if (parsed.kind == PointerKind::canonical && canonical != content) std::abort();
  if (canonical.size() < kPointerSizeLimit && !parsed.pointer.stands_for_nothing() && classify_pointer(canonical) != PointerKind::canonical) std::abort();
  return 0;
}
