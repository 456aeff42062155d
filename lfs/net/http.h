// The seam between what the LFS client wants to say over HTTP and what carries it.
//
// Everything runs on one event loop: submit() starts a request, wait() moves bytes and calls back. The real one is
// lfs/net/curl_http.h; tests use a scripted one. Calls come from one thread only, callbacks too, and a callback may
// submit again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace lfsguard::lfs {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The value of a header, names in any case; the last one when it is there more than once.
std::optional<std::string> header_value(const HeaderList& headers, std::string_view name);

struct HttpResponse {
  int status = 0;              // 0: no answer came, `error` says why
  HeaderList headers;          // of the last response of a chain of redirects
  std::string body;            // empty when on_data took it
  std::string url;             // that answered
  std::optional<Error> error;  // kinds network (worth another try), auth (proxy), remote, or whatever a body source or
                               // on_data failed with
  bool stalled = false;        // the stall clock ended it
  bool ok() const { return status >= 200 && status < 300; }
};

// How long each part of a request may take, in seconds; 0: for ever. A request that makes progress is never ended by
// them.
struct HttpTimers {
  unsigned connect = 30;  // lfs.dialtimeout
  unsigned tls = 30;      // lfs.tlstimeout
  unsigned response =
      60;  // from the last byte sent to the first of the answer; the caller adds what the server needs to digest a body
  unsigned stall = 30;  // lfs.activitytimeout: no byte moved either way, while bytes should
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // credentials in it are not sent: the caller makes a header of them
  HeaderList headers;
  std::string body;  // sent when there is no `upload`

  // A body of known size, read piece by piece. `rewind` is called before it is read again (a redirect).
  std::function<Result<size_t>(char* buffer, size_t size)> upload;
  uint64_t upload_size = 0;
  std::function<Status()> rewind;
  bool chunked = false;  // Transfer-Encoding: chunked instead of Content-Length

  // Takes the body of a successful (2xx) answer. Other bodies are collected in the response.
  std::function<Status(const HttpResponse& head, std::string_view data)> on_data;
  // Bytes of the bodies so far. Starts again from 0 when the body is sent again.
  std::function<void(uint64_t sent, uint64_t received)> on_progress;

  HttpTimers timers;
  bool compressed = false;      // ask for gzip; not for objects
  bool negotiate = false;       // SPNEGO with the user's ticket, where libcurl has it
  bool bare = false;            // a URL that carries its own authority: no Authorization from http.extraHeader either
  std::string leg = "request";  // "batch", "upload", ...: for errors and traces
  std::string remote;           // whose remote.<name>.proxy counts; may be empty
};

class HttpClient {
 public:
  using Callback = std::function<void(HttpResponse)>;
  virtual ~HttpClient() = default;
  virtual void submit(HttpRequest request, Callback done) = 0;
  // Moves bytes for at most this long, and calls back what has finished. Returns at once when nothing runs.
  virtual void wait(std::chrono::milliseconds longest) = 0;
  virtual size_t running() const = 0;
  // Ends all requests without calling back.
  virtual void cancel_all() = 0;
};

// One request to its end.
HttpResponse perform(HttpClient& client, HttpRequest request);

}  // namespace lfsguard::lfs
