// Requests sent with the right credentials, and a second time when the first went without.
//
// Order (docs/lfs.md, "Credentials"): a header that the request brings along -> http.extraHeader
// (lfs/net/curl_handle.cpp) -> userinfo of the LFS URL -> of the git URL of the same scheme and host -> the Hugging
// Face token on hub hosts -> netrc -> git's credential helpers. The first request goes without any, unless
// lfs.<url>.access says otherwise; a 401 brings them out, and the verdict is kept in lfs.<url>.access. A helper is
// asked once in a run; after a refusal nobody is asked again.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lfs/auth/git_credential.h"
#include "lfs/auth/ssh_authenticate.h"
#include "lfs/net/client_config.h"
#include "lfs/net/endpoint.h"
#include "lfs/net/http.h"

namespace lfsguard::lfs {

class Authenticator {
 public:
  struct Seams {
    CredentialHelper* helper = nullptr;  // nullptr: nobody is asked
    // Keeps lfs.<url>.access; empty: not kept.
    std::function<void(const std::string& key, const std::string& value)> remember;
    std::function<Result<SshAnswer>(const SshAddress&, Operation)> ask_ssh;  // empty: the fallback address is used
  };
  // All must outlive it.
  Authenticator(HttpClient& http, const ClientConfig& config, Endpoint endpoint, Seams seams);

  // The base of the LFS API for this operation, without userinfo; SSH is asked when it has to be, and again when its
  // answer has run out.
  Result<std::string> api_url(Operation operation);

  // A call to the LFS API: `request.url` lies below api_url().
  void submit_api(HttpRequest request, Operation operation, HttpClient::Callback done);

  // An object's own address. `authenticated`: the server said that the address carries its own authority; then
  // credentials are sent only after a 401, and only to the API's own host.
  void submit_object(HttpRequest request, bool authenticated, HttpClient::Callback done);

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  struct Known {
    std::string header;                    // the Authorization value
    std::optional<Credential> to_approve;  // came from a helper and has not been seen to work yet
    bool negotiate = false;
  };
  std::optional<std::string> access_of(const Url& url) const;
  std::vector<Known> own_sources(const Url& url) const;
  Result<const Known*> next_credentials(const Url& url, const HttpResponse& refusal);
  void send(HttpRequest request, bool may_know, int tries, HttpClient::Callback done);
  void attach(HttpRequest& request, const Known& known) const;
  void succeeded(const Url& url);
  void refused(const Url& url);

  HttpClient& http_;
  const ClientConfig& config_;
  Endpoint endpoint_;
  Seams seams_;
  struct Host {
    std::vector<Known> untried;  // sources that need no question, nearest first
    std::optional<Known> current;
    bool listed = false, asked = false, refused = false, proven = false;
  };
  std::map<std::string, Host> hosts_;  // by origin
  std::map<Operation, SshAnswer> ssh_;
  std::optional<Error> ssh_error_;
};

std::string basic_authorization(const std::string& user, const std::string& password);

// Whether the query of a URL signs it (S3, GCS, Azure, CloudFront): such a URL takes no Authorization header beside it.
bool is_signed_url(std::string_view url);

}  // namespace lfsguard::lfs
