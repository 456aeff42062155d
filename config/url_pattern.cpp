#include "config/url_pattern.h"

#include <algorithm>
#include <vector>

namespace lfsguard::config {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}
bool is_reserved(char c) { return std::string_view(":/?#[]@!$&'()*+,;=").find(c) != std::string_view::npos; }

// Escapes in their one normal form: needless ones decoded, needed ones added, hex digits in capitals. nullopt for a
// broken escape.
std::optional<std::string> normal_escapes(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool escaped = false;
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      escaped = true;
      i += 2;
    }
    if (is_unreserved(c) || (!escaped && is_reserved(c))) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    }
  }
  return result;
}

// "." and ".." taken out; nullopt when ".." leaves the root.
std::optional<std::string> normal_path(std::string_view path) {
  std::vector<std::string> parts;
  bool ends_open = true;  // a final "/" stays
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = std::min(path.find('/'), path.size());
    const auto part = normal_escapes(path.substr(0, end));
    if (!part) return std::nullopt;
    path.remove_prefix(end);
    ends_open = part->empty() || *part == "." || *part == "..";
    if (*part == "..") {
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    } else if (*part != "." && !(part->empty() && path.empty())) {
      parts.push_back(*part);
    }
  }
  std::string result;
  for (const std::string& part : parts) result += "/" + part;
  if (ends_open || result.empty()) result += "/";
  return result;
}

bool host_matches(std::string_view pattern, std::string_view host) {
  while (!pattern.empty() && !host.empty()) {
    const std::string_view label = pattern.substr(0, pattern.find('.'));
    const std::string_view other = host.substr(0, host.find('.'));
    if (label != "*" && label != other) return false;
    pattern.remove_prefix(std::min(label.size() + 1, pattern.size()));
    host.remove_prefix(std::min(other.size() + 1, host.size()));
  }
  return pattern.empty() && host.empty();
}

}  // namespace

std::optional<NormalUrl> NormalUrl::parse(std::string_view url, bool pattern) {
  NormalUrl normal;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return std::nullopt;
  for (const char c : url.substr(0, scheme))
    normal.scheme += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  url.remove_prefix(scheme + 3);
  const size_t authority_end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view authority = url.substr(0, authority_end);
  std::string_view path = url.substr(authority_end);
  const size_t at = authority.find('@');
  if (at != std::string_view::npos) {
    const std::string_view userinfo = authority.substr(0, at);
    const auto user = normal_escapes(userinfo.substr(0, userinfo.find(':')));
    if (!user) return std::nullopt;
    normal.user = *user;
    normal.has_user = true;
    authority.remove_prefix(at + 1);
  }
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    normal.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
    while (normal.port.size() > 1 && normal.port[0] == '0') normal.port.erase(0, 1);
  }
  if (authority.empty() && normal.scheme != "file") return std::nullopt;
  for (const char c : authority) {
    if (c == '*' && !pattern) return std::nullopt;
    normal.host += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  if (normal.scheme == "http" && normal.port == "80") normal.port.clear();
  if (normal.scheme == "https" && normal.port == "443") normal.port.clear();
  // The query and the fragment belong to the last component, as git has it.
  std::string text(path);
  if (!text.starts_with('/')) text.insert(0, "/");
  const auto normalised = normal_path(text);
  if (!normalised) return std::nullopt;
  normal.path = *normalised;
  return normal;
}

std::optional<UrlMatch> match_url(const NormalUrl& pattern, const NormalUrl& url) {
  if (pattern.scheme != url.scheme || pattern.port != url.port) return std::nullopt;
  if (!host_matches(pattern.host, url.host)) return std::nullopt;
  UrlMatch match;
  if (pattern.has_user) {
    if (!url.has_user || pattern.user != url.user) return std::nullopt;
    match.user_matched = true;
  }
  // A slash at the pattern's end makes no difference.
  std::string_view prefix = pattern.path;
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  std::string_view path = url.path;
  if (!path.starts_with(prefix)) return std::nullopt;
  if (path.size() > prefix.size() && path[prefix.size()] != '/') return std::nullopt;
  match.host_length = pattern.host.size();
  match.path_length = prefix.size() + 1;
  return match;
}

}  // namespace lfsguard::config
