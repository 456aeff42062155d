// The batch API's messages: what is asked of `POST <lfs>/objects/batch` and what is answered. Format: the public Git
// LFS document "Batch API"; docs/lfs.md says what servers really send. Strict in what is written, lenient in what is
// read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lfs/net/endpoint.h"
#include "lfs/net/expiry.h"
#include "lfs/net/http.h"
#include "lfs/store/oid.h"

namespace lfsguard::lfs {

inline constexpr char kLfsMediaType[] = "application/vnd.git-lfs+json";

struct BatchRequest {
  Operation operation = Operation::download;
  std::vector<std::string> transfers;  // offered, best first
  std::string ref;                     // "refs/heads/main"; empty: not said
  std::vector<std::pair<Oid, uint64_t>> objects;
};

struct Action {
  std::string href;
  HeaderList headers;
  std::optional<WallTime> expires;
};

struct BatchObject {
  Oid oid;
  uint64_t size = 0;
  bool authenticated = false;
  std::map<std::string, Action> actions;  // "upload", "verify", "download"
  int error_code = 0;                     // 0: none
  std::string error_message;
  const Action* action(const std::string& name) const {
    const auto found = actions.find(name);
    return found == actions.end() ? nullptr : &found->second;
  }
};

struct BatchResponse {
  std::string transfer = "basic";
  std::vector<BatchObject> objects;
};

std::string format_batch_request(const BatchRequest& request);
// Relative hrefs are resolved against `base`. `now`: what expires_in counts from. kind corrupt when it is no batch
// answer.
Result<BatchResponse> parse_batch_response(std::string_view body, const std::string& base, WallTime now);

// The "message" of an LFS error body, one line; empty when the body has none. With "documentation_url" in brackets
// behind it.
std::string server_message(const HttpResponse& response);

// An answer that is not 2xx as an error: kind network where another try may help (408, 429, 5xx but 501, 507, 509),
// auth for 401 and 403, remote else. `leg`: "batch"; `subject`: the host or the object.
Error status_error(const HttpResponse& response, const std::string& leg, const std::string& subject);

}  // namespace lfsguard::lfs
