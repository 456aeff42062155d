// HTTP over libcurl's multi interface: one event loop carries every request.
//
// Redirects are followed here, not by libcurl: 307 and 308 keep method and body, 301 and 302 too (hosts that move
// answer so to a batch), 303 becomes GET; `Authorization` is dropped on another host; https to http is refused; ten at
// most. Each part of a request has its own clock (HttpTimers); libcurl's own are not used, so that the error can name
// the part. Connections are kept and shared, HTTP/2 is used where offered.
#pragma once

#include <memory>

#include "lfs/net/client_config.h"
#include "lfs/net/http.h"

namespace lfsguard::lfs {

class CurlHttp final : public HttpClient {
 public:
  // `config` must outlive it.
  explicit CurlHttp(const ClientConfig& config);
  ~CurlHttp() override;
  void submit(HttpRequest request, Callback done) override;
  void wait(std::chrono::milliseconds longest) override;
  size_t running() const override;
  void cancel_all() override;

  // Asked for a proxy's user and password after a 407, and told how it went: (proxy URL) -> "user:password".
  struct ProxyCredentials {
    std::function<std::optional<std::pair<std::string, std::string>>(const std::string& proxy)> fill;
    std::function<void(const std::string& proxy, bool accepted)> verdict;
  };
  void set_proxy_credentials(ProxyCredentials credentials);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace lfsguard::lfs
