// An HttpClient that answers from a function, at once and in memory: what the real one does over the network, tests say
// in a few lines.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lfs/net/http.h"

namespace lfsguard::lfs {

class ScriptedHttp final : public HttpClient {
 public:
  // Called for each request in order of submission; the answer reaches the callback in the next wait().
  std::function<HttpResponse(HttpRequest&)> answer;
  std::vector<HttpRequest> seen;  // bodies that were read piece by piece are in `body`
  size_t most_at_once = 0;

  void submit(HttpRequest request, Callback done) override {
    waiting_.emplace_back(std::move(request), std::move(done));
    most_at_once = std::max(most_at_once, waiting_.size());
  }
  void wait(std::chrono::milliseconds) override {
    if (waiting_.empty()) return;
    auto [request, done] = std::move(waiting_.front());
    waiting_.pop_front();
    HttpResponse response;
    if (request.upload) {
      std::string body(request.upload_size + 1, '\0');
      const Result<size_t> n = request.upload(body.data(), body.size());
      if (!n)
        response.error = n.error();
      else
        body.resize(*n);
      request.body = std::move(body);
      if (request.on_progress) request.on_progress(request.upload_size, 0);
    }
    seen.push_back(request);
    // What the functions hold must end with the request, as it does in the real client.
    seen.back().upload = {};
    seen.back().rewind = {};
    seen.back().on_data = {};
    seen.back().on_progress = {};
    if (!response.error) response = answer(request);
    if (response.url.empty()) response.url = request.url;
    if (response.ok() && request.on_data && !response.body.empty()) {
      Status status = request.on_data(response, response.body);
      if (!status) {
        response.status = 0;
        response.error = std::move(status.error());
      } else if (request.on_progress) {
        request.on_progress(0, response.body.size());
      }
    }
    done(std::move(response));
  }
  size_t running() const override { return waiting_.size(); }
  void cancel_all() override { waiting_.clear(); }

 private:
  std::deque<std::pair<HttpRequest, Callback>> waiting_;
};

inline HttpResponse answered(int status, std::string body = {}, HeaderList headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

}  // namespace lfsguard::lfs
