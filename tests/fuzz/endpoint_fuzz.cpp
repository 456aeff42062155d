// Any bytes as settings that lead to an endpoint: the first line is a remote's URL, the others are `key=value` of a
// stranger's .lfsconfig. What is printed of a URL does not depend on its password, and reading a URL's own text again
// gives the same URL.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "lfs/auth/netrc.h"
#include "lfs/net/endpoint.h"
#include "lfs/net/url.h"

using namespace lfsguard;

namespace {

// The same URL with another password; as it is where it has none.
std::string with_other_password(const std::string& text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const size_t begin = scheme + 3, end = std::min(text.find_first_of("/?#", begin), text.size());
  const size_t at = text.substr(0, end).rfind('@'), colon = text.find(':', begin);
  if (at == std::string::npos || at < begin || colon > at) return text;
  return text.substr(0, colon + 1) + "other" + text.substr(at);
}

void read_url(const std::string& text) {
  const auto url = lfs::Url::parse(text);
  static_cast<void>(lfs::parse_ssh_address(text));
  if (lfs::redact_url(text) != lfs::redact_url(with_other_password(text))) std::abort();
  if (!url) return;
  const auto again = lfs::Url::parse(url->text());
  if (!again || again->text() != url->text() || again->has_user || !again->same_host(*url)) std::abort();
  static_cast<void>(lfs::url_match_score(text, *url));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4000) return 0;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  const std::string remote_url = input.substr(0, line);
  std::vector<std::pair<std::string, std::string>> stranger;
  for (size_t at = line; at != std::string::npos && ++at < size;) {
    const size_t end = input.find('\n', at);
    const std::string setting = input.substr(at, end == std::string::npos ? end : end - at);
    const size_t equals = setting.find('=');
    stranger.emplace_back(setting.substr(0, equals), equals == std::string::npos ? "" : setting.substr(equals + 1));
    at = end;
  }
  read_url(remote_url);
  for (const auto& [key, value] : stranger) read_url(value);

  const std::pair<std::string, std::string> own{"remote.origin.url", remote_url};
  const lfs::ClientConfig config =
      lfs::ClientConfig::from({own, {"url.https://mirror.example/.insteadof", "https://host.example/"}}, stranger);
  for (const lfs::Operation operation : {lfs::Operation::upload, lfs::Operation::download}) {
    static_cast<void>(lfs::resolve_endpoint(config, "origin", operation));
    static_cast<void>(lfs::resolve_endpoint(config, remote_url, operation));
  }
  if (lfs::percent_decode(lfs::percent_encode(input)) != input) std::abort();
  static_cast<void>(lfs::find_in_netrc(input, "host.example"));
  static_cast<void>(lfs::find_in_netrc(input, "host.example", "alice"));
  return 0;
}
