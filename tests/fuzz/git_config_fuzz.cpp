// Any bytes as the listing of git's configuration: every key that is listed is found, and URLs of remotes are rewritten without end or harm.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/git_config.h"
#include "config/settings_layer.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 20000) return 0;
  const config::GitConfig git = config::GitConfig::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  for (const auto& entry : git.entries()) {
    // git lists sections and variables in lower case.
    if (entry.key.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos && (!git.find(entry.key) || git.get_all(entry.key).empty())) std::abort();
    static_cast<void>(git.get_bool(entry.key));
    static_cast<void>(git.get_int(entry.key));
    static_cast<void>(git.get_urlmatch("http", "sslverify", entry.value));
    static_cast<void>(git.get_urlmatch("lfs", "access", entry.key));
  }
  for (const std::string& remote : git.remotes()) {
    if (git.push_urls(remote).empty()) std::abort();
    static_cast<void>(git.fetch_urls(remote));
  }
  static_cast<void>(config::settings_of_git_config(git));
  return 0;
}
