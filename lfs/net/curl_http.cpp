#include "lfs/net/curl_http.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <list>
#include <map>

#include "lfs/net/curl_handle.h"
#include "lfs/net/trace.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

constexpr int kRedirectsMax = 10;
// How often the clocks are looked at while nothing moves.
constexpr std::chrono::milliseconds kClockStep{200};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void start_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

}  // namespace

class CurlHttp::Loop {
 public:
  explicit Loop(const ClientConfig& config) : config_(config) {
    start_curl();
    multi_ = curl_multi_init();
    // One connection for each transfer: a lost packet of one does not hold up the others, and each has its own window.
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 32L);
  }
  ~Loop() {
    cancel_all();
    curl_multi_cleanup(multi_);
  }

  void submit(HttpRequest request, Callback done) {
    handles_.push_back(std::make_unique<CurlHandle>(std::move(request), std::move(done)));
    start(*handles_.back());
  }

  void wait(std::chrono::milliseconds longest) {
    if (handles_.empty()) return;
    int active = 0;
    curl_multi_perform(multi_, &active);
    if (finish_done()) return;
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(std::min(longest, kClockStep).count()), nullptr);
    curl_multi_perform(multi_, &active);
    finish_done();
    finish_expired();
  }

  size_t running() const { return handles_.size(); }

  void cancel_all() {
    for (const auto& handle : handles_) curl_multi_remove_handle(multi_, handle->easy());
    handles_.clear();
  }

  ProxyCredentials credentials;

 private:
  const HttpOptions& options_for(const CurlHandle& handle) {
    const std::optional<Url> url = Url::parse(handle.request.url);
    const std::string key = handle.request.remote + "\n" + handle.request.url.substr(0, handle.request.url.find('?'));
    const auto found = options_.find(key);
    if (found != options_.end()) return found->second;
    if (options_.size() > 1000) options_.clear();
    return options_.emplace(key, HttpOptions::read(config_, url.value_or(Url{}), handle.request.remote)).first->second;
  }

  void start(CurlHandle& handle) {
    const HttpOptions& options = options_for(handle);
    const std::string proxy = options.proxy.value_or("");
    const auto known = proxy_passwords_.find(proxy);
    handle.prepare(options, known == proxy_passwords_.end() ? "" : known->second);
    curl_multi_add_handle(multi_, handle.easy());
  }

  bool finish_done() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      void* self = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, reinterpret_cast<char**>(&self));
      finish(*static_cast<CurlHandle*>(self), message->data.result);
      any = true;
    }
    return any;
  }

  void finish_expired() {
    const CurlHandle::Clock::time_point now = CurlHandle::Clock::now();
    // One at a time, from the start again: a callback may submit, and may cancel all.
    for (;;) {
      std::optional<Error> error;
      const auto late = std::ranges::find_if(handles_, [&](const auto& handle) {
        error = handle->expired(now);
        return error.has_value();
      });
      if (late == handles_.end()) return;
      CurlHandle& handle = **late;
      curl_multi_remove_handle(multi_, handle.easy());
      handle.response.status = 0;
      handle.response.error = std::move(*error);
      call_back(handle);
    }
  }

  void finish(CurlHandle& handle, CURLcode code) {
    curl_multi_remove_handle(multi_, handle.easy());
    if (needs_proxy_password(handle)) {
      if (ask_proxy_password(handle)) return start_again(handle);
      handle.response.status = 0;
      handle.response.error = Error{ErrorKind::auth,
                                    handle.request.leg + ": the proxy wants another user and password",
                                    handle.proxy,
                                    "put them into http.proxy, or into a git credential helper",
                                    {}};
      return call_back(handle);
    }
    if (handle.asked_proxy && credentials.verdict) {
      credentials.verdict(options_for(handle).proxy.value_or(""), true);
      handle.asked_proxy = false;
    }
    // A server that has answered for good while we were still sending may cut the line; its answer counts.
    const bool answered_early = handle.response.status >= 400 && !handle.own_error &&
                                (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE);
    if (code != CURLE_OK && !answered_early) {
      handle.response.status = 0;
      handle.response.error = handle.error_of(code);
      return call_back(handle);
    }
    if (is_redirect(handle.response.status) && header_value(handle.response.headers, "location"))
      return redirect(handle);
    call_back(handle);
  }

  static bool needs_proxy_password(const CurlHandle& handle) {
    long connect_status = 0;
    curl_easy_getinfo(handle.easy(), CURLINFO_HTTP_CONNECTCODE, &connect_status);
    return connect_status == 407 || handle.response.status == 407;
  }

  bool ask_proxy_password(CurlHandle& handle) {
    const std::string proxy = options_for(handle).proxy.value_or("");
    if (!credentials.fill || proxy.empty()) return false;
    if (handle.asked_proxy) {
      proxy_passwords_.erase(proxy);
      if (credentials.verdict) credentials.verdict(proxy, false);
      return false;
    }
    if (!proxy_passwords_.contains(proxy)) {
      const auto answer = credentials.fill(proxy);
      if (!answer) return false;
      proxy_passwords_[proxy] = percent_encode(answer->first) + ":" + percent_encode(answer->second);
    }
    handle.asked_proxy = true;
    return true;
  }

  void start_again(CurlHandle& handle) {
    if (handle.request.rewind) {
      Status status = handle.request.rewind();
      if (!status) {
        handle.response.status = 0;
        handle.response.error = std::move(status.error());
        return call_back(handle);
      }
    }
    start(handle);
  }

  void redirect(CurlHandle& handle) {
    const auto refuse = [&](const std::string& what, const std::string& subject) {
      handle.response.status = 0;
      handle.response.error = Error{ErrorKind::remote, handle.request.leg + ": " + what, redact_url(subject), {}, {}};
      call_back(handle);
    };
    char* location = nullptr;
    curl_easy_getinfo(handle.easy(), CURLINFO_REDIRECT_URL, &location);
    const std::optional<Url> to = Url::parse(location ? location : "");
    const std::optional<Url> from = Url::parse(handle.request.url);
    if (!to || !from || !to->is_http())
      return refuse("redirected to what is no HTTP address", location ? location : "");
    if (from->scheme == "https" && to->scheme == "http")
      return refuse("refused a redirect from https to http", location);
    if (++handle.redirects > kRedirectsMax) return refuse("redirected too often", location);
    if (handle.response.status == 303) {
      handle.request.method = "GET";
      handle.request.body.clear();
      handle.request.upload = {};
    }
    const bool upgraded = from->host == to->host && from->scheme == "http" && to->scheme == "https";
    if (!from->same_host(*to) && !upgraded)
      std::erase_if(handle.request.headers, [](const auto& header) {
        return ::strcasecmp(header.first.c_str(), "authorization") == 0 ||
               ::strcasecmp(header.first.c_str(), "cookie") == 0;
      });
    handle.request.url = location;
    start_again(handle);
  }

  void call_back(CurlHandle& handle) {
    const auto at = std::ranges::find_if(handles_, [&](const auto& other) { return other.get() == &handle; });
    const std::unique_ptr<CurlHandle> owned = std::move(*at);
    handles_.erase(at);
    owned->done(std::move(owned->response));
  }

  const ClientConfig& config_;
  CURLM* multi_ = nullptr;
  std::list<std::unique_ptr<CurlHandle>> handles_;
  std::map<std::string, HttpOptions> options_;
  std::map<std::string, std::string> proxy_passwords_;
};

CurlHttp::CurlHttp(const ClientConfig& config) : loop_(std::make_unique<Loop>(config)) {}
CurlHttp::~CurlHttp() = default;
void CurlHttp::submit(HttpRequest request, Callback done) { loop_->submit(std::move(request), std::move(done)); }
void CurlHttp::wait(std::chrono::milliseconds longest) { loop_->wait(longest); }
size_t CurlHttp::running() const { return loop_->running(); }
void CurlHttp::cancel_all() { loop_->cancel_all(); }
void CurlHttp::set_proxy_credentials(ProxyCredentials credentials) { loop_->credentials = std::move(credentials); }

}  // namespace lfsguard::lfs
