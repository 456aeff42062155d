// Any bytes as .lfsguard.toml: read, or refused with an error that names a line; what is read can tighten a policy, and never loosens it.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/policy.h"
#include "config/settings_layer.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 20000) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto layer = config::settings_of_file("f.toml", text);
  if (!layer) {
    if (layer.error().kind != ErrorKind::config || !layer.error().subject.starts_with("f.toml")) std::abort();
    return 0;
  }
  config::Policy policy;
  policy.threshold = 1000;
  if (!config::tighten(policy, "f.toml", text)) return 0;
  if (policy.threshold > 1000 || !policy.allowances.empty() || !policy.bypass.empty()) std::abort();
  static_cast<void>(policy.fingerprint());
  return 0;
}
