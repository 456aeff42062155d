#include "lfs/auth/authenticator.h"

#include <strings.h>

#include <algorithm>

#include "lfs/auth/hub_token.h"
#include "lfs/auth/netrc.h"
#include "lfs/net/trace.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

constexpr int kTriesMax = 6;
constexpr std::chrono::seconds kExpiryMargin{5};

std::string base64(std::string_view data) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < data.size(); i += 3) {
    uint32_t group = 0;
    const size_t n = std::min<size_t>(3, data.size() - i);
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < n ? static_cast<unsigned char>(data[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j) text += j <= n ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

bool brings_authorization(const HttpRequest& request) {
  return std::ranges::any_of(
      request.headers, [](const auto& header) { return ::strcasecmp(header.first.c_str(), "authorization") == 0; });
}

// Whether the server would take Negotiate and does not speak of Basic.
bool wants_negotiate(const HttpResponse& response) {
  bool negotiate = false, basic = false;
  for (const auto& [name, value] : response.headers) {
    if (::strcasecmp(name.c_str(), "www-authenticate") != 0 && ::strcasecmp(name.c_str(), "lfs-authenticate") != 0)
      continue;
    negotiate |= ::strncasecmp(value.c_str(), "negotiate", 9) == 0;
    basic |= ::strncasecmp(value.c_str(), "basic", 5) == 0;
  }
  return negotiate && !basic;
}

}  // namespace

std::string basic_authorization(const std::string& user, const std::string& password) {
  return "Basic " + base64(user + ":" + password);
}

bool is_signed_url(std::string_view url) {
  const size_t question = url.find('?');
  if (question == std::string_view::npos) return false;
  std::string query(url.substr(question + 1));
  for (char& c : query)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const char* key :
       {"x-amz-signature=", "signature=", "x-goog-signature=", "sig=", "awsaccesskeyid=", "key-pair-id="})
    if (query.starts_with(key) || query.find(std::string("&") + key) != std::string::npos) return true;
  return false;
}

Authenticator::Authenticator(HttpClient& http, const ClientConfig& config, Endpoint endpoint, Seams seams)
    : http_(http), config_(config), endpoint_(std::move(endpoint)), seams_(std::move(seams)) {}

Result<std::string> Authenticator::api_url(Operation operation) {
  if (endpoint_.kind == Endpoint::Kind::ssh && seams_.ask_ssh) {
    const auto known = ssh_.find(operation);
    const bool fresh =
        known != ssh_.end() &&
        (!known->second.expires || *known->second.expires > std::chrono::system_clock::now() + kExpiryMargin);
    if (!fresh && !ssh_error_) {
      Result<SshAnswer> answer = seams_.ask_ssh(*endpoint_.ssh, operation);
      if (answer) {
        ssh_[operation] = std::move(*answer);
      } else {
        ssh_error_ = answer.error();
        trace(TraceTopic::general, to_line(*ssh_error_) + "; using " + endpoint_.url);
      }
    }
    if (const auto answer = ssh_.find(operation); answer != ssh_.end() && !answer->second.href.empty())
      return answer->second.href;
  }
  const std::optional<Url> url = Url::parse(endpoint_.url);
  if (!url || !url->is_http())
    return fail(ErrorKind::config, "not an address of an LFS server", redact_url(endpoint_.url), "see lfs.url");
  return url->text();
}

std::optional<std::string> Authenticator::access_of(const Url& url) const {
  // The key is written with the API's address; object URLs of that host share the verdict.
  if (const auto value = config_.for_url("lfs", "access", url)) return value;
  const std::optional<Url> api = Url::parse(endpoint_.url);
  if (api && api->same_host(url)) return config_.for_url("lfs", "access", *api);
  return std::nullopt;
}

std::vector<Authenticator::Known> Authenticator::own_sources(const Url& url) const {
  std::vector<Known> sources;
  // What the SSH server gave for its API serves that host's object addresses too.
  for (const auto& [operation, answer] : ssh_) {
    const std::optional<Url> from = Url::parse(answer.href.empty() ? endpoint_.url : answer.href);
    const std::optional<std::string> header = header_value(answer.headers, "authorization");
    if (from && header && from->scheme == url.scheme && from->same_host(url)) sources.push_back({*header, {}, false});
  }
  std::string user;
  for (const std::string& text : {endpoint_.url, endpoint_.git_url}) {
    const std::optional<Url> from = Url::parse(text);
    if (!from || !from->is_http() || !from->has_user || from->scheme != url.scheme || !from->same_host(url)) continue;
    if (user.empty()) user = from->user;
    if (!from->password.empty()) sources.push_back({basic_authorization(from->user, from->password), {}, false});
  }
  if (is_hub_host(url.host))
    if (const std::optional<std::string> token = hub_token()) sources.push_back({"Bearer " + *token, {}, false});
  if (const auto entry = find_in_users_netrc(url.host, user))
    sources.push_back({basic_authorization(entry->first, entry->second), {}, false});
  return sources;
}

void Authenticator::attach(HttpRequest& request, const Known& known) const {
  std::erase_if(request.headers,
                [](const auto& header) { return ::strcasecmp(header.first.c_str(), "authorization") == 0; });
  request.negotiate = known.negotiate;
  if (!known.negotiate) request.headers.emplace_back("Authorization", known.header);
}

// What to try after a 401: sources that need no question, then the helper, once.
Result<const Authenticator::Known*> Authenticator::next_credentials(const Url& url, const HttpResponse& refusal) {
  Host& host = hosts_[url.origin()];
  const auto refuse = [&](const std::string& what) {
    Error error{ErrorKind::auth,
                what,
                url.origin(),
                "check the user and password that git's credential helper gives for it",
                {}};
    if (ssh_error_) error.causes.push_back(to_line(*ssh_error_));
    return fail(std::move(error));
  };
  if (host.refused) return refuse("the server refused the credentials");
  if (!host.listed) {
    host.listed = true;
    host.untried = own_sources(url);
    if (wants_negotiate(refusal)) host.untried.insert(host.untried.begin(), Known{"", {}, true});
  }
  if (!host.untried.empty()) {
    host.current = std::move(host.untried.front());
    host.untried.erase(host.untried.begin());
    return &*host.current;
  }
  if (host.asked || !seams_.helper) {
    host.refused = true;
    return refuse(host.current ? "the server refused the credentials" : "the server wants a user and password");
  }
  host.asked = true;
  Url question = url;
  for (const std::string& text : {endpoint_.url, endpoint_.git_url}) {
    const std::optional<Url> from = Url::parse(text);
    if (!from || !from->same_host(url)) continue;
    if (question.user.empty()) question.user = from->user;
    question.path = from->path;
  }
  Result<Credential> credential = seams_.helper->fill(question);
  if (!credential) {
    host.refused = true;
    return fail(std::move(credential.error()));
  }
  host.current = Known{basic_authorization(credential->username, credential->password), *credential, false};
  return &*host.current;
}

void Authenticator::succeeded(const Url& url) {
  Host& host = hosts_[url.origin()];
  if (!host.current || host.proven) return;
  host.proven = true;
  if (host.current->to_approve && seams_.helper) {
    seams_.helper->approve(*host.current->to_approve);
    host.current->to_approve.reset();
  }
  const std::optional<Url> api = Url::parse(endpoint_.url);
  const char* const mode = host.current->negotiate ? "negotiate" : "basic";
  if (!seams_.remember || !api || !api->same_host(url) || access_of(*api) == mode) return;
  seams_.remember("lfs." + api->text() + ".access", mode);
}

void Authenticator::refused(const Url& url) {
  Host& host = hosts_[url.origin()];
  if (host.current && host.current->to_approve && seams_.helper) seams_.helper->reject(*host.current->to_approve);
  if (host.current) host.current->to_approve.reset();
}

void Authenticator::send(HttpRequest request, bool may_know, int tries, HttpClient::Callback done) {
  const std::optional<Url> url = Url::parse(request.url);
  if (!url) {
    HttpResponse response;
    response.error = Error{ErrorKind::remote, request.leg + ": not an HTTP address", redact_url(request.url), {}, {}};
    return done(std::move(response));
  }
  // Copied before it is sent: a body source is rewound, not copied.
  auto kept = std::make_shared<HttpRequest>(request);
  const Host& host = hosts_[url->origin()];
  const std::string sent_with = brings_authorization(request) && host.current ? host.current->header : "";
  http_.submit(std::move(request), [this, kept, may_know, tries, sent_with, url = *url,
                                    done = std::move(done)](HttpResponse response) mutable {
    if (response.status != 401 || !may_know || tries >= kTriesMax) {
      if (response.status > 0 && response.status != 401 && response.status != 403) succeeded(url);
      return done(std::move(response));
    }
    Host& host = hosts_[url.origin()];
    const Known* next = nullptr;
    if (host.current && !host.current->negotiate && host.current->header != sent_with) {
      next = &*host.current;  // another request has found them meanwhile
    } else {
      if (host.current) refused(url);
      Result<const Known*> found = next_credentials(url, response);
      if (!found) {
        response.error = std::move(found.error());
        return done(std::move(response));
      }
      next = *found;
    }
    attach(*kept, *next);
    if (kept->rewind) {
      Status status = kept->rewind();
      if (!status) {
        response.status = 0;
        response.error = std::move(status.error());
        return done(std::move(response));
      }
    }
    send(std::move(*kept), true, tries + 1, std::move(done));
  });
}

void Authenticator::submit_api(HttpRequest request, Operation operation, HttpClient::Callback done) {
  if (const auto answer = ssh_.find(operation); answer != ssh_.end() && !answer->second.headers.empty()) {
    for (const auto& [name, value] : answer->second.headers) {
      std::erase_if(request.headers, [&, &key = name](const auto& header) {
        return ::strcasecmp(header.first.c_str(), key.c_str()) == 0;
      });
      request.headers.emplace_back(name, value);
    }
    const bool brings = brings_authorization(request);
    return send(std::move(request), !brings, 0, std::move(done));
  }
  submit_object(std::move(request), false, std::move(done));
}

void Authenticator::submit_object(HttpRequest request, bool authenticated, HttpClient::Callback done) {
  request.remote = endpoint_.remote;
  const std::optional<Url> url = Url::parse(request.url);
  const std::optional<Url> api = Url::parse(endpoint_.url);
  if (brings_authorization(request) || !url || is_signed_url(request.url)) {
    request.bare = true;
    return send(std::move(request), false, 0, std::move(done));
  }
  const bool own_host = api && api->same_host(*url);
  request.bare = authenticated && !own_host;
  const bool may_know = !authenticated || own_host;
  Host& host = hosts_[url->origin()];
  if (may_know && !authenticated) {
    const std::string access = access_of(*url).value_or("none");
    if (!host.current && !host.refused && (access == "basic" || access == "negotiate")) {
      HttpResponse nothing;
      if (access == "negotiate") nothing.headers.emplace_back("WWW-Authenticate", "Negotiate");
      (void)next_credentials(*url, nothing);
    }
    if (host.current) attach(request, *host.current);
  }
  send(std::move(request), may_know, 0, std::move(done));
}

}  // namespace lfsguard::lfs
