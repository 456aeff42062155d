#include "lfs/net/url.h"

#include <algorithm>

namespace lfsguard::lfs {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// "*.example.com": a star stands for one whole label.
bool host_matches(std::string_view pattern, std::string_view host) {
  while (!pattern.empty() || !host.empty()) {
    const std::string_view want = pattern.substr(0, pattern.find('.'));
    const std::string_view have = host.substr(0, host.find('.'));
    if (want != "*" && want != have) return false;
    if (want.empty() != have.empty()) return false;
    pattern.remove_prefix(std::min(want.size() + 1, pattern.size()));
    host.remove_prefix(std::min(have.size() + 1, host.size()));
  }
  return true;
}

// The length of the path prefix that matches on a segment's border, nullopt when it does not.
std::optional<size_t> path_match(std::string_view pattern, std::string_view path) {
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (!path.starts_with(pattern)) return std::nullopt;
  if (path.size() > pattern.size() && path[pattern.size()] != '/') return std::nullopt;
  return pattern.size();
}

std::string_view without_query(std::string_view path) { return path.substr(0, path.find_first_of("?#")); }

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      result += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      result += c;
    } else {
      result += '%';
      result += kDigits[static_cast<unsigned char>(c) >> 4];
      result += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return result;
}

std::optional<Url> Url::parse(std::string_view text) {
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  Url url;
  url.scheme = lower(text.substr(0, colon));
  if (!std::ranges::all_of(url.scheme, [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; }))
    return std::nullopt;
  text.remove_prefix(colon + 3);
  const size_t slash = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, slash);
  url.path = text.substr(slash);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view userinfo = authority.substr(0, at);
    const size_t separator = userinfo.find(':');
    url.has_user = true;
    url.user = percent_decode(userinfo.substr(0, separator));
    if (separator != std::string_view::npos) url.password = percent_decode(userinfo.substr(separator + 1));
    authority.remove_prefix(at + 1);
  }
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const size_t port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = lower(authority.substr(0, port));
  if (port != std::string_view::npos) url.port = authority.substr(port + 1);
  return url;
}

std::string Url::effective_port() const {
  if (!port.empty()) return port;
  if (scheme == "https") return "443";
  if (scheme == "http") return "80";
  return scheme == "ssh" ? "22" : "";
}

std::string Url::origin() const {
  std::string result = scheme + "://" + host;
  const bool implied = (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
  return port.empty() || implied ? result : result + ":" + port;
}

std::string Url::text() const { return scheme + "://" + host + (port.empty() ? "" : ":" + port) + path; }

std::string redact_url(std::string_view text) {
  std::string result;
  // Userinfo: the user's name stays where a password follows it, a lone one may itself be a token.
  const size_t colon = text.find("://");
  if (colon != std::string_view::npos) {
    const size_t begin = colon + 3;
    const size_t end = std::min(text.find_first_of("/?#", begin), text.size());
    const std::string_view authority = text.substr(begin, end - begin);
    const size_t at = authority.rfind('@');
    result = text.substr(0, begin);
    if (at != std::string_view::npos) {
      const size_t separator = authority.find(':');
      const bool named = separator < at;
      if (named) result += std::string(authority.substr(0, separator)) + ":";
      result += text.starts_with("ssh:") && !named ? std::string(authority.substr(0, at)) : "***";
      result += authority.substr(at);
    } else {
      result += authority;
    }
    text.remove_prefix(end);
  }
  // The query: values that sign or authorise.
  const size_t question = text.find('?');
  result += text.substr(0, question);
  if (question == std::string_view::npos) return result;
  std::string_view query = text.substr(question);
  while (!query.empty()) {
    const size_t end = std::min(query.find('&', 1), query.size());
    const std::string_view pair = query.substr(0, end);
    const size_t equals = pair.find('=');
    const std::string name = lower(pair.substr(0, equals));
    const bool secret = name.find("sig") != std::string::npos || name.find("token") != std::string::npos ||
                        name.find("credential") != std::string::npos || name.find("jwt") != std::string::npos ||
                        name.find("key") != std::string::npos || name.find("password") != std::string::npos ||
                        name.find("auth") != std::string::npos || name.find("secret") != std::string::npos;
    if (secret && equals != std::string_view::npos)
      result += std::string(pair.substr(0, equals + 1)) + "***";
    else
      result += pair;
    query.remove_prefix(end);
  }
  return result;
}

unsigned url_match_score(std::string_view pattern, const Url& url) {
  const std::optional<Url> want = Url::parse(pattern);
  if (!want || want->scheme != url.scheme || want->effective_port() != url.effective_port()) return 0;
  if (!host_matches(want->host, url.host)) return 0;
  if (want->has_user && (!url.has_user || want->user != url.user)) return 0;
  const std::optional<size_t> path = path_match(without_query(want->path), without_query(url.path));
  if (!path) return 0;
  const bool exact_host = want->host == url.host;
  return 1 + (exact_host ? 1u << 24 : static_cast<unsigned>(want->host.size()) << 16) +
         (static_cast<unsigned>(std::min<size_t>(*path, 0x7fff)) << 1) + (want->has_user ? 1 : 0);
}

}  // namespace lfsguard::lfs
