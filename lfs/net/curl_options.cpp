#include "lfs/net/curl_options.h"

#include <cstdlib>

#include "base/version.h"

namespace lfsguard::lfs {
namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

// git expands "~/" in values that are paths.
std::string path_value(const std::string& value) {
  const char* home = std::getenv("HOME");
  return value.starts_with("~/") && home ? home + value.substr(1) : value;
}

bool is_false(const std::string& value) { return value == "false" || value == "no" || value == "off" || value == "0"; }

uint64_t number_or_zero(const std::string& value) { return std::strtoull(value.c_str(), nullptr, 10); }

}  // namespace

HttpOptions HttpOptions::read(const ClientConfig& config, const Url& url, const std::string& remote) {
  HttpOptions options;
  const auto setting = [&](const char* key, const char* variable = nullptr) -> std::string {
    if (variable)
      if (const std::optional<std::string> value = environment(variable)) return path_value(*value);
    return path_value(config.for_url("http", key, url).value_or(""));
  };
  const std::optional<std::string> verify = config.for_url("http", "sslverify", url);
  // GIT_SSL_NO_VERIFY counts by being there at all.
  options.ssl_verify = !environment("GIT_SSL_NO_VERIFY") && !(verify && is_false(*verify));
  options.ca_file = setting("sslcainfo", "GIT_SSL_CAINFO");
  options.ca_path = setting("sslcapath", "GIT_SSL_CAPATH");
  options.certificate = setting("sslcert", "GIT_SSL_CERT");
  options.key = setting("sslkey", "GIT_SSL_KEY");
  options.ciphers = setting("sslcipherlist", "GIT_SSL_CIPHER_LIST");
  options.ssl_version = setting("sslversion", "GIT_SSL_VERSION");
  options.pinned_key = setting("pinnedpubkey");
  options.proxy = config.for_url("http", "proxy", url);
  if (!remote.empty())
    if (const std::optional<std::string> own = config.get("remote." + remote + ".proxy")) options.proxy = own;
  options.proxy_auth_method = setting("proxyauthmethod", "GIT_HTTP_PROXY_AUTHMETHOD");
  if (!remote.empty())
    if (const std::optional<std::string> own = config.get("remote." + remote + ".proxyauthmethod"))
      options.proxy_auth_method = *own;
  options.proxy_ca_file = setting("proxysslcainfo", "GIT_PROXY_SSL_CAINFO");
  if (options.proxy_ca_file.empty()) options.proxy_ca_file = options.ca_file;
  options.proxy_certificate = setting("proxysslcert", "GIT_PROXY_SSL_CERT");
  options.proxy_key = setting("proxysslkey", "GIT_PROXY_SSL_KEY");
  options.user_agent = setting("useragent", "GIT_HTTP_USER_AGENT");
  if (options.user_agent.empty()) options.user_agent = std::string("lfsguard/") + kVersion + " (git-lfs compatible)";
  options.cookie_file = setting("cookiefile");
  options.version = setting("version");
  options.low_speed_limit = number_or_zero(setting("lowspeedlimit", "GIT_HTTP_LOW_SPEED_LIMIT"));
  options.low_speed_time = static_cast<unsigned>(number_or_zero(setting("lowspeedtime", "GIT_HTTP_LOW_SPEED_TIME")));
  options.extra_headers = config.all_for_url("http", "extraheader", url);
  return options;
}

}  // namespace lfsguard::lfs
