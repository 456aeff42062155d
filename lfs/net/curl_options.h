// Git's HTTP settings as they apply to one URL: TLS, proxies, extra headers, agent. Read once for each origin and
// remote.
//
// `http[.<url>].*`, `remote.<name>.proxy`, GIT_SSL_*, GIT_PROXY_SSL_*, GIT_HTTP_USER_AGENT; git's own precedence
// (git-config(1), git(1)). The proxy variables of the environment are libcurl's business, except that an empty
// http.proxy switches all proxies off.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lfs/net/client_config.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {

struct HttpOptions {
  bool ssl_verify = true;
  std::string ca_file, ca_path, certificate, key, key_password, ciphers, ssl_version, pinned_key;
  std::optional<std::string> proxy;  // empty: none, also not the environment's
  std::string proxy_auth_method;     // anyauth, basic, digest, negotiate, ntlm
  std::string proxy_ca_file, proxy_certificate, proxy_key;
  std::string user_agent;
  std::string cookie_file;
  std::string version;  // "HTTP/1.1", "HTTP/2"
  uint64_t low_speed_limit = 0;
  unsigned low_speed_time = 0;
  std::vector<std::string> extra_headers;  // "Name: value"

  static HttpOptions read(const ClientConfig& config, const Url& url, const std::string& remote);
};

}  // namespace lfsguard::lfs
