#include "lfs/transfer/adapter.h"

#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

// A modest disk's speed; a server that digests slower than this needs a larger lfs.activitytimeout.
constexpr uint64_t kDigestedPerSecond = 20u << 20;

}  // namespace

Outcome outcome_of(const HttpResponse& response, const std::string& leg, WallTime now) {
  Outcome outcome;
  if (response.ok()) return outcome;
  const std::optional<Url> url = Url::parse(response.url);
  outcome.error = status_error(response, leg, url ? url->origin() : "");
  outcome.stalled = response.stalled;
  if (response.status == 0) {
    outcome.next = outcome.error.kind == ErrorKind::network ? Outcome::Next::retry : Outcome::Next::give_up;
    return outcome;
  }
  if (const auto text = header_value(response.headers, "retry-after"))
    outcome.retry_after = parse_retry_after(*text, now);
  outcome.overloaded = response.status == 429 || response.status == 503;
  // 401 and 403 of an object's address: as a rule its signature has run out. S3 answers a stalled upload with 400.
  if (response.status == 401 || response.status == 403)
    outcome.next = response.error ? Outcome::Next::give_up : Outcome::Next::rebatch;
  else if (response.status == 400)
    outcome.next = response.body.find("RequestTimeout") != std::string::npos ? Outcome::Next::retry
                   : response.body.find("xpired") != std::string::npos       ? Outcome::Next::rebatch
                                                                             : Outcome::Next::give_up;
  else
    outcome.next = outcome.error.kind == ErrorKind::network ? Outcome::Next::retry : Outcome::Next::give_up;
  return outcome;
}

unsigned response_allowance(const HttpTimers& timers, uint64_t size) {
  if (timers.response == 0) return 0;
  return timers.response + static_cast<unsigned>(size / kDigestedPerSecond);
}

}  // namespace lfsguard::lfs
