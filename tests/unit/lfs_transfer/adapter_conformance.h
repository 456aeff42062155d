// What every transfer adapter must do, whatever its protocol: one attempt, one outcome, and an outcome that tells the
// queue what to do next. A new adapter runs this with an AdapterCase of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lfs/transfer/adapter.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_http.h"

namespace lfsguard::lfs {

struct AdapterCase {
  ScriptedHttp& http;
  std::function<std::unique_ptr<TransferAdapter>()> make;
  TransferObject object;
  BatchObject actions;
  std::string action;                              // the one the adapter needs: "upload"
  std::function<HttpResponse(HttpRequest&)> fine;  // a server without faults
};

struct Attempted {
  Outcome outcome;
  int outcomes = 0;
  uint64_t through = 0;
};

inline Attempted attempt(AdapterCase& test, std::function<HttpResponse(HttpRequest&)> answer) {
  Attempted attempted;
  test.http.answer = std::move(answer);
  const std::unique_ptr<TransferAdapter> adapter = test.make();
  adapter->start(
      test.object, test.actions, [&](uint64_t bytes) { attempted.through = bytes; },
      [&](Outcome outcome) {
        attempted.outcome = std::move(outcome);
        ++attempted.outcomes;
      });
  while (test.http.running() > 0) test.http.wait(std::chrono::milliseconds(1));
  return attempted;
}

inline void check_conformance(AdapterCase test) {
  using Next = Outcome::Next;
  const auto next_after = [&](HttpResponse response) {
    const Attempted attempted = attempt(test, [&](HttpRequest&) { return response; });
    CHECK(attempted.outcomes == 1);
    return attempted.outcome.next;
  };
  HttpResponse broken;
  broken.error = Error{ErrorKind::network, "cut", "", "", {}};
  CHECK(next_after(broken) == Next::retry);
  HttpResponse untrusted;
  untrusted.error = Error{ErrorKind::remote, "certificate", "", "", {}};
  CHECK(next_after(untrusted) == Next::give_up);
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(next_after(answered(status)) == Next::retry);
  for (const int status : {401, 403}) CHECK(next_after(answered(status)) == Next::rebatch);
  for (const int status : {404, 409, 410, 413, 422, 501}) CHECK(next_after(answered(status)) == Next::give_up);
  CHECK(next_after(answered(400, "<Error><Code>RequestTimeout</Code></Error>")) == Next::retry);
  CHECK(next_after(answered(400, "<Error><Code>ExpiredToken</Code></Error>")) == Next::rebatch);
  CHECK(next_after(answered(400)) == Next::give_up);

  const Attempted slowed = attempt(test, [](HttpRequest&) { return answered(503, "", {{"Retry-After", "7"}}); });
  CHECK(slowed.outcome.overloaded);
  CHECK(slowed.outcome.retry_after == std::chrono::seconds(7));

  HttpResponse stalled = broken;
  stalled.stalled = true;
  CHECK(attempt(test, [&](HttpRequest&) { return stalled; }).outcome.stalled);

  AdapterCase without = test;
  without.actions.actions.erase(test.action);
  const Attempted nowhere = attempt(without, test.fine);
  CHECK(nowhere.outcomes == 1);
  CHECK(nowhere.outcome.next == Next::give_up);

  const Attempted done = attempt(test, test.fine);
  CHECK(done.outcomes == 1);
  CHECK(done.outcome.next == Next::done);
  CHECK(done.through == test.object.size);
}

}  // namespace lfsguard::lfs
