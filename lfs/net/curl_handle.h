// One request as libcurl sees it: an easy handle and what its callbacks need. Used by lfs/net/curl_http.cpp only.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>

#include "lfs/net/curl_options.h"
#include "lfs/net/http.h"

namespace lfsguard::lfs {

class CurlHandle {
 public:
  using Clock = std::chrono::steady_clock;

  CurlHandle(HttpRequest request, HttpClient::Callback done) : request(std::move(request)), done(std::move(done)) {}
  ~CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  // Sets every option for request.url anew; called again for each redirect and for a second try with the proxy's
  // password.
  void prepare(const HttpOptions& options, const std::string& proxy_user_password);
  CURL* easy() const { return easy_; }

  // The part of the request whose clock has run out, as an error; nullopt while all is well.
  std::optional<Error> expired(Clock::time_point now);
  // libcurl's code in our words.
  Error error_of(CURLcode code) const;
  // "https://host:port", with " through proxy ..." where one is used.
  std::string where() const;

  HttpRequest request;
  HttpClient::Callback done;
  HttpResponse response;
  std::optional<Error> own_error;  // what a body source or a data sink failed with
  int redirects = 0;
  bool asked_proxy = false;
  std::string proxy;  // in use, redacted

 private:
  static size_t on_header(char* data, size_t, size_t size, void* self);
  static size_t on_body(char* data, size_t, size_t size, void* self);
  static size_t on_read(char* buffer, size_t, size_t size, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static int on_socket(void* self, curl_socket_t socket, curlsocktype);
  void add_headers(const HttpOptions& options);
  void set_body();
  void set_tls(const HttpOptions& options);
  void set_proxy(const HttpOptions& options, const std::string& user_password);
  void moved();

  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  char message_[CURL_ERROR_SIZE] = {};
  uint64_t sent_ = 0, received_ = 0;
  bool answered_ = false, connected_ = false;
  Clock::time_point started_, last_moved_;
};

}  // namespace lfsguard::lfs
