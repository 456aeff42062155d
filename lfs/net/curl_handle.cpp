#include "lfs/net/curl_handle.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

#include "lfs/net/trace.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

constexpr size_t kCollectedBodyMax = 64 << 20;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

long tls_version(const std::string& name) {
  if (name == "tlsv1.3") return CURL_SSLVERSION_TLSv1_3;
  if (name == "tlsv1.2") return CURL_SSLVERSION_TLSv1_2;
  if (name == "tlsv1.1") return CURL_SSLVERSION_TLSv1_1;
  if (name == "tlsv1.0" || name == "tlsv1") return CURL_SSLVERSION_TLSv1_0;
  return CURL_SSLVERSION_DEFAULT;
}

long auth_methods(const std::string& name) {
  if (name == "basic") return CURLAUTH_BASIC;
  if (name == "digest") return CURLAUTH_DIGEST;
  if (name == "negotiate") return CURLAUTH_NEGOTIATE;
  if (name == "ntlm") return CURLAUTH_NTLM;
  return static_cast<long>(CURLAUTH_ANY);
}

}  // namespace

CurlHandle::~CurlHandle() {
  if (easy_) curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlHandle::moved() {
  last_moved_ = Clock::now();
  if (request.on_progress) request.on_progress(sent_, received_);
}

size_t CurlHandle::on_header(char* data, size_t, size_t size, void* self) {
  auto& handle = *static_cast<CurlHandle*>(self);
  handle.last_moved_ = Clock::now();
  const std::string_view line = trimmed({data, size});
  if (line.starts_with("HTTP/")) {
    handle.response.headers.clear();
    const size_t space = line.find(' ');
    handle.response.status =
        space == std::string_view::npos ? 0 : std::atoi(std::string(line.substr(space + 1, 3)).c_str());
    handle.answered_ = handle.response.status >= 200;
    if (tracing(TraceTopic::http)) trace(TraceTopic::http, "< " + std::string(line));
    return size;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  handle.response.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  if (tracing(TraceTopic::http)) {
    const auto& [name, value] = handle.response.headers.back();
    trace(TraceTopic::http, "< " + redact_header(name, value));
  }
  return size;
}

size_t CurlHandle::on_body(char* data, size_t, size_t size, void* self) {
  auto& handle = *static_cast<CurlHandle*>(self);
  if (handle.request.on_data && handle.response.ok()) {
    Status status = handle.request.on_data(handle.response, {data, size});
    if (!status) {
      handle.own_error = std::move(status.error());
      return 0;
    }
    handle.received_ += size;
    handle.moved();
    return size;
  }
  handle.last_moved_ = Clock::now();
  if (handle.response.body.size() + size > kCollectedBodyMax) {
    handle.own_error = Error{ErrorKind::remote, "the server's answer is too long", handle.where(), {}, {}};
    return 0;
  }
  handle.response.body.append(data, size);
  return size;
}

size_t CurlHandle::on_read(char* buffer, size_t, size_t size, void* self) {
  auto& handle = *static_cast<CurlHandle*>(self);
  Result<size_t> n = handle.request.upload(buffer, size);
  if (!n) {
    handle.own_error = std::move(n.error());
    return CURL_READFUNC_ABORT;
  }
  handle.sent_ += *n;
  handle.moved();
  return *n;
}

int CurlHandle::on_seek(void* self, curl_off_t offset, int origin) {
  auto& handle = *static_cast<CurlHandle*>(self);
  if (offset != 0 || origin != SEEK_SET || !handle.request.rewind) return CURL_SEEKFUNC_CANTSEEK;
  Status status = handle.request.rewind();
  if (!status) {
    handle.own_error = std::move(status.error());
    return CURL_SEEKFUNC_FAIL;
  }
  handle.sent_ = 0;
  return CURL_SEEKFUNC_OK;
}

// Keeps the kernel from taking megabytes that have not left yet: bytes handed over are then bytes on their way, and the
// stall clock and the progress tell the truth on a slow line.
int CurlHandle::on_socket(void*, curl_socket_t socket, curlsocktype) {
  const int unsent = 256 << 10;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  return CURL_SOCKOPT_OK;
}

void CurlHandle::add_headers(const HttpOptions& options) {
  curl_slist_free_all(headers_);
  headers_ = nullptr;
  const auto add = [&](const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); };
  const auto named = [&](std::string_view name) {
    return std::ranges::any_of(request.headers, [&](const auto& header) { return same_name(header.first, name); });
  };
  for (const auto& [name, value] : request.headers) {
    // libcurl's spelling of a header without a value.
    add(value.empty() ? name + ";" : name + ": " + value);
    if (tracing(TraceTopic::http)) trace(TraceTopic::http, "> " + redact_header(name, value));
  }
  for (const std::string& line : options.extra_headers) {
    const std::string_view name = trimmed(std::string_view(line).substr(0, line.find(':')));
    if (named(name)) continue;
    if (same_name(name, "authorization") && (request.bare || redirects > 0)) continue;
    add(line);
    if (tracing(TraceTopic::http))
      trace(TraceTopic::http,
            "> " + redact_header(name, trimmed(std::string_view(line).substr(std::min(name.size() + 1, line.size())))));
  }
  // A body of gigabytes begins at once: not every server answers "100 Continue".
  add("Expect:");
  if (!named("content-type")) add("Content-Type:");
  if (request.chunked) add("Transfer-Encoding: chunked");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

void CurlHandle::set_body() {
  const std::string& method = request.method;
  if (request.upload) {
    curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE,
                     request.chunked ? static_cast<curl_off_t>(-1) : static_cast<curl_off_t>(request.upload_size));
    curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &CurlHandle::on_read);
    curl_easy_setopt(easy_, CURLOPT_READDATA, this);
    curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &CurlHandle::on_seek);
    curl_easy_setopt(easy_, CURLOPT_SEEKDATA, this);
    if (method != "PUT") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (!request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request.body.data());
    if (method != "POST") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else if (method != "GET") {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void CurlHandle::set_tls(const HttpOptions& options) {
  const auto text = [&](CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(easy_, option, value.c_str());
  };
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, options.ssl_verify ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, options.ssl_verify ? 2L : 0L);
  text(CURLOPT_CAINFO, options.ca_file);
  text(CURLOPT_CAPATH, options.ca_path);
  text(CURLOPT_SSLCERT, options.certificate);
  text(CURLOPT_SSLKEY, options.key);
  text(CURLOPT_KEYPASSWD, options.key_password);
  text(CURLOPT_SSL_CIPHER_LIST, options.ciphers);
  text(CURLOPT_PINNEDPUBLICKEY, options.pinned_key);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, tls_version(options.ssl_version));
  text(CURLOPT_PROXY_CAINFO, options.proxy_ca_file);
  text(CURLOPT_PROXY_SSLCERT, options.proxy_certificate);
  text(CURLOPT_PROXY_SSLKEY, options.proxy_key);
}

void CurlHandle::set_proxy(const HttpOptions& options, const std::string& user_password) {
  if (options.proxy) curl_easy_setopt(easy_, CURLOPT_PROXY, options.proxy->c_str());
  proxy = options.proxy ? redact_url(*options.proxy) : "";
  curl_easy_setopt(easy_, CURLOPT_PROXYAUTH, auth_methods(options.proxy_auth_method));
  if (!user_password.empty()) curl_easy_setopt(easy_, CURLOPT_PROXYUSERPWD, user_password.c_str());
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void CurlHandle::prepare(const HttpOptions& options, const std::string& proxy_user_password) {
  if (easy_)
    curl_easy_reset(easy_);
  else
    easy_ = curl_easy_init();
  response = {};
  sent_ = received_ = 0;
  answered_ = connected_ = false;
  started_ = last_moved_ = Clock::now();

  const std::optional<Url> url = Url::parse(request.url);
  const std::string text = url ? url->text() : request.url;
  response.url = text;
  if (tracing(TraceTopic::http)) trace(TraceTopic::http, "> " + request.method + " " + redact_url(text));
  curl_easy_setopt(easy_, CURLOPT_URL, text.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, 512L << 10);
  curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT, 86400L);  // our own clocks end it, and say which part it was
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION,
                   static_cast<long>(options.version == "HTTP/1.1" ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, &CurlHandle::on_socket);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlHandle::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlHandle::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  if (!options.cookie_file.empty()) curl_easy_setopt(easy_, CURLOPT_COOKIEFILE, options.cookie_file.c_str());
  if (options.low_speed_limit > 0 && options.low_speed_time > 0) {
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options.low_speed_limit));
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.low_speed_time));
  }
  if (request.compressed) curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");
  if (request.negotiate) {
    curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_NEGOTIATE));
    curl_easy_setopt(easy_, CURLOPT_USERPWD, ":");
  }
  set_tls(options);
  set_proxy(options, proxy_user_password);
  set_body();
  add_headers(options);
}

std::string CurlHandle::where() const {
  const std::optional<Url> url = Url::parse(request.url);
  const std::string host = url ? url->origin() : redact_url(request.url);
  return proxy.empty() ? host : host + " through proxy " + proxy;
}

std::optional<Error> CurlHandle::expired(Clock::time_point now) {
  const auto over = [&](Clock::time_point since, unsigned seconds) {
    return seconds > 0 && now - since >= std::chrono::seconds(seconds);
  };
  const auto timeout = [&](const std::string& what, unsigned seconds, const char* setting) {
    response.stalled = true;
    return Error{ErrorKind::network,
                 request.leg + ": " + what + " within " + std::to_string(seconds) + " s",
                 where(),
                 std::string("if that host is only slow, raise ") + setting,
                 {}};
  };
  if (!connected_) {
    curl_off_t connected = 0, ready = 0;
    curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME_T, &connected);
    if (ready > 0) {
      connected_ = true;
      last_moved_ = now;
    } else if (connected > 0) {
      if (over(started_ + std::chrono::microseconds(connected), request.timers.tls))
        return timeout("no TLS handshake or proxy tunnel", request.timers.tls, "lfs.tlstimeout");
      return std::nullopt;
    } else {
      if (over(started_, request.timers.connect))
        return timeout("no connection", request.timers.connect, "lfs.dialtimeout");
      return std::nullopt;
    }
  }
  const uint64_t to_send = request.upload && !request.chunked ? request.upload_size : 0;
  if (!answered_ && sent_ >= to_send) {
    const unsigned seconds = request.timers.response;
    if (over(last_moved_, seconds)) return timeout("no answer", seconds, "lfs.activitytimeout");
    return std::nullopt;
  }
  if (over(last_moved_, request.timers.stall)) {
    const std::string done = std::to_string(request.upload ? sent_ : received_);
    return timeout("no byte moved (" + done + " bytes were through)", request.timers.stall, "lfs.activitytimeout");
  }
  return std::nullopt;
}

Error CurlHandle::error_of(CURLcode code) const {
  if (own_error) return *own_error;
  Error error{ErrorKind::network, request.leg + ": the connection failed", where(), {}, {}};
  error.causes.emplace_back(message_[0] ? message_ : curl_easy_strerror(code));
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      error.what = request.leg + ": no such host";
      break;
    case CURLE_COULDNT_RESOLVE_PROXY:
      error.what = request.leg + ": no such proxy host";
      error.hint = "see http.proxy and the *_proxy variables of the environment";
      break;
    case CURLE_COULDNT_CONNECT:
      error.what = request.leg + ": cannot connect";
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      error.kind = ErrorKind::remote;
      error.what = request.leg + ": the server's certificate cannot be trusted";
      error.hint = "name the authority that signed it: git config http.sslCAInfo FILE";
      break;
    case CURLE_SSL_CONNECT_ERROR:
      error.what = request.leg + ": the TLS handshake failed";
      break;
    case CURLE_PROXY:
      error.what = request.leg + ": the proxy refused";
      break;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      error.what = request.leg + ": the connection was cut";
      break;
    case CURLE_OPERATION_TIMEDOUT:
      error.what = request.leg + ": too slow";
      error.hint = "see http.lowSpeedLimit and http.lowSpeedTime";
      break;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      error.kind = ErrorKind::remote;
      error.what = request.leg + ": not an HTTP address";
      break;
    default:
      break;
  }
  return error;
}

}  // namespace lfsguard::lfs
