#include "lfs/transfer/transfer_queue.h"

#include <algorithm>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_http.h"

namespace lfsguard::lfs {
namespace {

const std::string kApi = "https://h/lfs";

// Moves nothing: each attempt ends as the script says, in the order of attempts of an object.
struct FakeAdapter final : TransferAdapter {
  std::map<std::string, std::deque<Outcome>> outcomes;  // by path; none left: done
  std::vector<std::string> started;
  size_t running = 0, most_at_once = 0;
  HttpClient& http;
  explicit FakeAdapter(HttpClient& http) : http(http) {}
  std::string name() const override { return "basic"; }
  Phase phase() const override { return Phase::upload; }
  void start(const TransferObject& object, const BatchObject&, Progress progress, Done done) override {
    started.push_back(object.path);
    most_at_once = std::max(most_at_once, ++running);
    progress(object.size / 2);
    // By way of the loop, so that transfers overlap as they do over a network.
    HttpRequest request;
    request.leg = "fake";
    request.url = "https://fake";
    http.submit(std::move(request), [this, path = object.path, done = std::move(done)](HttpResponse) {
      --running;
      Outcome outcome;
      if (!outcomes[path].empty()) {
        outcome = outcomes[path].front();
        outcomes[path].pop_front();
      }
      done(std::move(outcome));
    });
  }
};

Outcome outcome(Outcome::Next next, bool overloaded = false) {
  return {next, {ErrorKind::network, "scripted", "", "", {}}, {}, false, overloaded};
}

struct Fixture {
  ScriptedHttp http;
  ClientConfig config = ClientConfig::from({});
  Endpoint endpoint;
  TransferOptions options;
  std::optional<Authenticator> authenticator;
  FakeAdapter* adapter = nullptr;
  std::vector<TransferEvent> events;
  std::chrono::steady_clock::time_point clock;
  std::chrono::milliseconds paused{0};
  std::vector<size_t> batches;  // objects in each batch request
  size_t started_before_second_batch = 0;
  std::function<HttpResponse(const nlohmann::json& request)> batch;  // empty: upload and verify for all

  Fixture() {
    endpoint.url = kApi;
    options.now = [this] { return clock; };
    options.chance = [] { return 0.5; };
    http.answer = [this](HttpRequest& request) { return answer(request); };
  }
  HttpResponse answer(HttpRequest& request) {
    if (request.leg != "batch") return answered(200);
    const nlohmann::json body = nlohmann::json::parse(request.body);
    batches.push_back(body["objects"].size());
    if (batches.size() == 2) started_before_second_batch = adapter->started.size();
    if (batch) {
      const HttpResponse scripted = batch(body);
      if (scripted.status != 0) return scripted;
    }
    nlohmann::json objects = nlohmann::json::array();
    for (const auto& one : body["objects"])
      objects.push_back(
          {{"oid", one["oid"]}, {"size", one["size"]}, {"actions", {{"upload", {{"href", "https://h/u"}}}}}});
    return answered(200, nlohmann::json{{"objects", objects}}.dump());
  }
  TransferReport run(const std::vector<std::string>& paths) {
    authenticator.emplace(http, config, endpoint, Authenticator::Seams{});
    std::vector<std::unique_ptr<TransferAdapter>> adapters;
    adapters.push_back(std::make_unique<FakeAdapter>(http));
    adapter = static_cast<FakeAdapter*>(adapters.front().get());
    for (auto& [path, list] : outcomes) adapter->outcomes[path] = list;
    TransferQueue queue({http,
                         *authenticator,
                         options,
                         [this](const TransferEvent& event) { events.push_back(event); },
                         {},
                         {},
                         [this](std::chrono::milliseconds time) {
                           clock += time;
                           paused += time;
                         }},
                        Operation::upload, std::move(adapters), "refs/heads/main");
    for (const std::string& path : paths) queue.add({*Oid::from_hex(sha256_hex(path)), 100, path, ""});
    TransferReport report = queue.run();
    started = adapter->started;
    most_at_once = adapter->most_at_once;
    return report;
  }
  size_t count(TransferEvent::Kind kind) const {
    return static_cast<size_t>(std::ranges::count(events, kind, &TransferEvent::kind));
  }
  std::map<std::string, std::deque<Outcome>> outcomes;
  std::vector<std::string> started;
  size_t most_at_once = 0;
};

std::vector<std::string> names(size_t count) {
  std::vector<std::string> result;
  for (size_t i = 0; i < count; ++i) result.push_back("f" + std::to_string(i));
  return result;
}

}  // namespace

TEST_CASE("objects are asked for in batches and moved so many at once") {
  Fixture fixture;
  fixture.options.batch_size = 10;
  fixture.options.concurrency = 4;
  const TransferReport report = fixture.run(names(25));
  CHECK(report.complete());
  CHECK(report.moved == 25);
  CHECK(report.bytes == 2500);
  CHECK(fixture.batches == std::vector<size_t>{10, 10, 5});
  CHECK(fixture.most_at_once == 4);
  CHECK(fixture.count(TransferEvent::Kind::done) == 25);
  CHECK(fixture.events.back().kind == TransferEvent::Kind::summary);
}

TEST_CASE("the next batch is asked for while the last one moves") {
  Fixture fixture;
  fixture.options.batch_size = 10;
  fixture.options.concurrency = 1;
  CHECK(fixture.run(names(20)).complete());
  CHECK(fixture.started_before_second_batch < 10);
}

TEST_CASE("the same object is moved once") {
  Fixture fixture;
  CHECK(fixture.run({"a", "a", "a"}).moved == 1);
}

TEST_CASE("a failed attempt is made again after a pause, a batch is asked again only when the address has run out") {
  Fixture fixture;
  fixture.outcomes["a"] = {outcome(Outcome::Next::retry), outcome(Outcome::Next::rebatch)};
  const TransferReport report = fixture.run({"a"});
  CHECK(report.complete());
  CHECK(fixture.started.size() == 3);
  CHECK(fixture.batches == std::vector<size_t>{1, 1});
  CHECK(fixture.count(TransferEvent::Kind::retry) == 2);
  CHECK(fixture.paused >= std::chrono::milliseconds(125 + 250));
}

TEST_CASE("tries are bounded, and the others go on") {
  Fixture fixture;
  fixture.options.max_retries = 3;
  for (int i = 0; i < 10; ++i) fixture.outcomes["a"].push_back(outcome(Outcome::Next::retry));
  const TransferReport report = fixture.run({"a", "b"});
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].object.path == "a");
  CHECK(report.moved == 1);
  CHECK(std::ranges::count(fixture.started, "a") == 4);
}

TEST_CASE("bytes of an object never go back in the events") {
  Fixture fixture;
  fixture.outcomes["a"] = {outcome(Outcome::Next::retry), outcome(Outcome::Next::retry)};
  CHECK(fixture.run({"a"}).complete());
  uint64_t last = 0;
  for (const TransferEvent& event : fixture.events) {
    if (event.oid.empty()) continue;
    CHECK(event.bytes >= last);
    last = event.bytes;
  }
  CHECK(last == 100);
}

TEST_CASE("overload halves what moves at once, success lets it grow again") {
  Fixture fixture;
  fixture.options.concurrency = 8;
  for (const std::string& path : names(8)) fixture.outcomes[path] = {outcome(Outcome::Next::retry, true)};
  CHECK(fixture.run(names(40)).complete());
  CHECK(fixture.most_at_once == 8);
}

TEST_CASE("an upload without an address is on the server already") {
  Fixture fixture;
  fixture.batch = [](const nlohmann::json& request) {
    nlohmann::json objects = nlohmann::json::array();
    for (const auto& one : request["objects"]) objects.push_back({{"oid", one["oid"]}, {"size", one["size"]}});
    return answered(200, nlohmann::json{{"objects", objects}}.dump());
  };
  const TransferReport report = fixture.run({"a", "b"});
  CHECK(report.complete());
  CHECK(report.already_there == 2);
  CHECK(fixture.started.empty());
}

TEST_CASE("413 halves the batch") {
  Fixture fixture;
  fixture.batch = [](const nlohmann::json& request) { return answered(request["objects"].size() > 3 ? 413 : 0); };
  CHECK(fixture.run(names(16)).moved == 16);
  CHECK(fixture.batches.front() == 16);
  CHECK(fixture.batches.back() <= 3);
}

TEST_CASE("503 with Retry-After holds the batch back for that long") {
  Fixture fixture;
  int answers = 0;
  fixture.batch = [&](const nlohmann::json&) {
    return answers++ == 0 ? answered(503, "", {{"Retry-After", "7"}}) : HttpResponse{};
  };
  CHECK(fixture.run({"a"}).complete());
  CHECK(fixture.paused >= std::chrono::seconds(7));
  CHECK(fixture.batches.size() == 2);
}

TEST_CASE("a server that is broken for ever ends the run after bounded tries") {
  Fixture fixture;
  fixture.options.max_retries = 4;
  fixture.batch = [](const nlohmann::json&) { return answered(500); };
  const TransferReport report = fixture.run({"a", "b"});
  REQUIRE(report.fatal);
  CHECK(report.failures.size() == 2);
  CHECK(fixture.batches.size() == 5);
}

TEST_CASE("a refusal of the batch ends the run at once") {
  for (const int status : {403, 404, 422, 501, 507, 509}) {
    Fixture fixture;
    fixture.batch = [&](const nlohmann::json&) { return answered(status, R"({"message":"words"})"); };
    const TransferReport report = fixture.run({"a"});
    REQUIRE(report.fatal);
    CHECK(report.fatal->causes == std::vector<std::string>{"words"});
    CHECK(fixture.batches.size() == 1);
  }
}

TEST_CASE("an object the answer does not speak of is asked for again, then fails") {
  Fixture fixture;
  fixture.options.max_retries = 2;
  fixture.batch = [](const nlohmann::json&) { return answered(200, R"({"objects":[]})"); };
  const TransferReport report = fixture.run({"a"});
  CHECK_FALSE(report.fatal);
  CHECK(report.failures.size() == 1);
  CHECK(fixture.batches.size() == 3);
}

TEST_CASE("a way of transfer that was not offered is refused") {
  Fixture fixture;
  fixture.batch = [](const nlohmann::json&) { return answered(200, R"({"transfer":"carrier-pigeon","objects":[]})"); };
  const TransferReport report = fixture.run({"a"});
  REQUIRE(report.fatal);
  CHECK(report.fatal->subject == "carrier-pigeon");
}

TEST_CASE("pauses between tries grow and are bounded") {
  const std::chrono::seconds longest(10);
  CHECK(retry_delay(2, longest, 1.0) == std::chrono::milliseconds(250));
  CHECK(retry_delay(3, longest, 1.0) == std::chrono::milliseconds(500));
  CHECK(retry_delay(9, longest, 1.0) == longest);
  CHECK(retry_delay(200, longest, 1.0) == longest);
  CHECK(retry_delay(9, longest, 0.0) == std::chrono::milliseconds(0));
}

TEST_CASE("an event is one line of JSON with the keys that readers know") {
  TransferEvent event{TransferEvent::Kind::retry, Phase::upload, "aa", "p\xff", 1, 2, 3, "https://h", "e"};
  CHECK(to_json_line(event) ==
        "{\"event\":\"retry\",\"oid\":\"aa\",\"path\":\"p\ufffd\",\"phase\":\"upload\",\"bytes\":1,\"total\":2,"
        "\"attempt\":3,"
        "\"host\":\"https://h\",\"error\":\"e\"}");
}

}  // namespace lfsguard::lfs
