// URLs as git and LFS use them: parsed, compared, printed without secrets. Also git's `http.<url>.*` matching
// (git-config(1), "http.<url>.*").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::lfs {

struct Url {
  std::string scheme;    // lower case
  std::string user;      // percent-decoded; empty when there is none
  std::string password;  // percent-decoded
  bool has_user = false;
  std::string host;  // lower case; IPv6 with its brackets
  std::string port;  // as written, empty when not
  std::string path;  // with its leading slash, as written; query and fragment too

  // "scheme://..." only; nullopt for anything else.
  static std::optional<Url> parse(std::string_view text);
  std::string text() const;            // without userinfo
  std::string origin() const;          // "https://host:port", the default port left out
  std::string effective_port() const;  // the scheme's own when none is written
  bool is_http() const { return scheme == "http" || scheme == "https"; }
  bool same_host(const Url& other) const { return host == other.host && effective_port() == other.effective_port(); }
};

// The text with passwords, tokens in userinfo and signatures in the query replaced by "***"; for every message and
// trace.
std::string redact_url(std::string_view text);

// How well `pattern` of `section.<pattern>.key` matches `url`: 0 = not at all; of two that match the greater is the
// more exact.
unsigned url_match_score(std::string_view pattern, const Url& url);

std::string percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // everything but unreserved characters

}  // namespace lfsguard::lfs
