// How git decides that http.<url>.* holds for a URL: git-config(1), "http.<url>.*", and urlmatch.c for what the manual
// leaves open.
//
// Scheme and port must be equal (default ports filled in), the host label by label with `*` for a whole label, the path
// by whole components from the front, the user only where the pattern names one. The match with the longest host, then
// the longest path, then with a user is the best.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::config {

struct NormalUrl {
  std::string scheme, user, host, port,
      path;  // lower-case scheme and host; path begins with "/" and has no "." or ".." components
  bool has_user = false;

  // nullopt when it is no URL with a host. `pattern`: "*" is allowed in the host.
  static std::optional<NormalUrl> parse(std::string_view url, bool pattern);
};

struct UrlMatch {
  size_t host_length = 0, path_length = 0;
  bool user_matched = false;
  friend auto operator<=>(const UrlMatch&, const UrlMatch&) = default;
};

std::optional<UrlMatch> match_url(const NormalUrl& pattern, const NormalUrl& url);

}  // namespace lfsguard::config
