// Any bytes on the standard input of pre-push and pre-receive: refused, or understood so that the line can be written again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "hooks/ref_updates.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  if (const auto updates = hooks::parse_pre_push(input))
    for (const scanner::RefUpdate& update : *updates)
      if (input.find(update.local_ref + " ") == std::string::npos || input.find(" " + update.ref + " ") == std::string::npos) std::abort();
  if (const auto updates = hooks::parse_pre_receive(input))
    for (const scanner::RefUpdate& update : *updates)
      if (update.ref.empty() || input.find(" " + update.ref) == std::string::npos) std::abort();
  return 0;
}
