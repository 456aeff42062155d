#include "lfs/transfer/transfer_queue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "lfs/net/trace.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

constexpr std::chrono::seconds kExpiryMargin{5};
constexpr std::chrono::milliseconds kProgressStep{100};
constexpr std::chrono::seconds kRetryAfterMax{600};
constexpr std::chrono::milliseconds kLoopStep{1000};

std::string host_of(const std::string& url) {
  const std::optional<Url> parsed = Url::parse(url);
  return parsed ? parsed->origin() : "";
}

// Per-object errors of a batch answer that another try may mend.
bool is_passing(int code) {
  return code == 408 || code == 429 || (code >= 500 && code != 501 && code != 507 && code != 509);
}

Error object_error(const BatchObject& object) {
  const bool missing = object.error_code == 404 || object.error_code == 410;
  Error error{missing ? ErrorKind::not_found : ErrorKind::remote,
              missing ? "the server does not have the object (" + std::to_string(object.error_code) + ")"
                      : "the server refuses the object (" + std::to_string(object.error_code) + ")",
              object.oid.hex(),
              {},
              {}};
  if (!object.error_message.empty()) error.causes.push_back(object.error_message);
  return error;
}

}  // namespace

struct TransferQueue::Item {
  TransferObject object;
  BatchObject actions;
  TransferAdapter* adapter = nullptr;
  unsigned attempt = 1;  // of moving it
  unsigned verifies = 0;
  uint64_t through = 0;  // the most bytes any attempt got through
  bool started = false, needs_batch = true, finished = false;
  bool uploaded = false;  // only the verify call is left
  bool moved = false;     // its bytes went over the line at least once
  Phase phase = Phase::batch;
  std::string host;
  Time last_progress{};
};

TransferQueue::TransferQueue(Services services, Operation operation,
                             std::vector<std::unique_ptr<TransferAdapter>> adapters, std::string ref)
    : services_(std::move(services)),
      operation_(operation),
      adapters_(std::move(adapters)),
      ref_(std::move(ref)),
      batch_size_(services_.options.batch_size),
      concurrency_(services_.options.concurrency) {}

TransferQueue::~TransferQueue() { services_.http.cancel_all(); }

void TransferQueue::add(TransferObject object) {
  if (by_oid_.contains(object.oid)) return;
  items_.push_back(std::make_unique<Item>());
  Item& item = *items_.back();
  item.object = std::move(object);
  by_oid_[item.object.oid] = &item;
  pending_.push_back(&item);
  ++unfinished_;
}

double TransferQueue::chance() const { return services_.options.chance ? services_.options.chance() : 0.5; }

void TransferQueue::emit(TransferEvent::Kind kind, const Item& item, Phase phase, const std::string& error) {
  if (!services_.events) return;
  TransferEvent event;
  event.kind = kind;
  event.phase = phase;
  event.oid = item.object.oid.hex();
  event.path = item.object.path;
  event.bytes = item.through;
  event.total = item.object.size;
  event.attempt = item.attempt;
  event.host = item.host;
  event.error = error;
  services_.events(event);
}

TransferReport TransferQueue::run() {
  while (unfinished_ > 0) {
    wake_due();
    ask_for_batches();
    start_transfers();
    if (unfinished_ > 0) rest();
  }
  if (services_.events) {
    TransferEvent event;
    event.kind = TransferEvent::Kind::summary;
    event.phase = operation_ == Operation::upload ? Phase::upload : Phase::download;
    event.bytes = report_.bytes;
    for (const auto& item : items_) event.total += item->object.size;
    if (report_.fatal)
      event.error = to_line(*report_.fatal);
    else if (!report_.failures.empty())
      event.error = std::to_string(report_.failures.size()) + " objects failed";
    services_.events(event);
  }
  return std::move(report_);
}

// Lets the loop run until something happens or somebody's pause is over.
void TransferQueue::rest() {
  const Time now = services_.options.now();
  auto longest = kLoopStep;
  const auto until = [&](Time when) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - now);
    longest = std::clamp(left, std::chrono::milliseconds(0), longest);
  };
  if (!due_.empty()) until(due_.begin()->first);
  if (!pending_.empty() && batch_not_before_ > now) until(batch_not_before_);
  if (!ready_.empty() && start_not_before_ > now) until(start_not_before_);
  if (services_.http.running() > 0) return services_.http.wait(longest);
  if (longest.count() == 0) return;
  if (services_.pause) return services_.pause(longest);
  std::this_thread::sleep_for(longest);
}

void TransferQueue::wake_due() {
  const Time now = services_.options.now();
  while (!due_.empty() && due_.begin()->first <= now) {
    Item* const item = due_.begin()->second;
    due_.erase(due_.begin());
    (item->needs_batch ? pending_ : ready_).push_back(item);
  }
}

void TransferQueue::ask_for_batches() {
  // Ahead, but not far: addresses are signed for minutes.
  if (pending_.empty() || batch_running_ || ready_.size() >= std::max<size_t>(batch_size_, 1)) return;
  if (services_.options.now() < batch_not_before_) return;
  Result<std::string> base = services_.authenticator.api_url(operation_);
  if (!base) return stop_all(std::move(base.error()));

  BatchRequest batch;
  batch.operation = operation_;
  batch.ref = ref_;
  for (const auto& adapter : adapters_) batch.transfers.push_back(adapter->name());
  std::vector<Item*> items;
  while (!pending_.empty() && items.size() < batch_size_) {
    items.push_back(pending_.front());
    pending_.pop_front();
    batch.objects.emplace_back(items.back()->object.oid, items.back()->object.size);
  }
  HttpRequest request;
  request.method = "POST";
  request.leg = "batch";
  request.url = *base + "/objects/batch";
  request.headers = {{"Accept", kLfsMediaType}, {"Content-Type", kLfsMediaType}};
  request.body = format_batch_request(batch);
  request.timers = services_.options.timers;
  request.compressed = true;
  for (Item* item : items) item->host = host_of(*base);
  trace(TraceTopic::general, "batch: " + std::to_string(items.size()) + " objects, " + redact_url(request.url));
  batch_running_ = true;
  services_.authenticator.submit_api(std::move(request), operation_, [this, items](HttpResponse response) {
    batch_running_ = false;
    on_batch(items, std::move(response));
  });
}

void TransferQueue::on_batch(std::vector<Item*> items, HttpResponse response) {
  if (tracing(TraceTopic::http) && !response.body.empty()) trace(TraceTopic::http, "< " + redact_json(response.body));
  if (response.status == 413 && items.size() > 1) {
    batch_size_ = std::max<unsigned>(1, static_cast<unsigned>(items.size()) / 2);
    pending_.insert(pending_.begin(), items.begin(), items.end());
    return;
  }
  if (!response.ok()) {
    Error error = status_error(response, "batch", host_of(response.url));
    const bool passing = error.kind == ErrorKind::network && response.status != 507 && response.status != 509;
    if (passing) return retry_batch(items, response, std::move(error));
    pending_.insert(pending_.begin(), items.begin(), items.end());
    return stop_all(std::move(error));
  }
  std::string base = response.url;
  if (const size_t at = base.rfind("/objects/batch"); at != std::string::npos) base.resize(at);
  Result<BatchResponse> answer = parse_batch_response(response.body, base, std::chrono::system_clock::now());
  if (!answer) {
    pending_.insert(pending_.begin(), items.begin(), items.end());
    return stop_all(std::move(answer.error()));
  }
  batch_attempt_ = 1;
  take_answer(items, std::move(*answer));
}

void TransferQueue::retry_batch(const std::vector<Item*>& items, const HttpResponse& response, Error error) {
  pending_.insert(pending_.begin(), items.begin(), items.end());
  if (batch_attempt_ > services_.options.max_retries) return stop_all(std::move(error));
  ++batch_attempt_;
  std::chrono::milliseconds pause = retry_delay(batch_attempt_, services_.options.max_delay, chance());
  if (const auto text = header_value(response.headers, "retry-after"))
    if (const auto wanted = parse_retry_after(*text, std::chrono::system_clock::now()))
      pause = std::max<std::chrono::milliseconds>(pause, std::min(*wanted, kRetryAfterMax));
  batch_not_before_ = services_.options.now() + pause;
  if (!services_.events) return;
  TransferEvent event;
  event.kind = response.stalled ? TransferEvent::Kind::stall : TransferEvent::Kind::retry;
  event.attempt = batch_attempt_;
  event.host = host_of(response.url);
  event.error = to_line(error);
  services_.events(event);
}

void TransferQueue::take_answer(const std::vector<Item*>& items, BatchResponse answer) {
  const auto adapter = std::ranges::find_if(adapters_, [&](const auto& one) { return one->name() == answer.transfer; });
  if (adapter == adapters_.end()) {
    pending_.insert(pending_.begin(), items.begin(), items.end());
    return stop_all({ErrorKind::unsupported,
                     "the server chose a way of transfer that it was not offered",
                     answer.transfer,
                     {},
                     {}});
  }
  std::unordered_map<Oid, BatchObject*> answered;
  for (BatchObject& object : answer.objects) answered[object.oid] = &object;
  for (Item* item : items) {
    const auto found = answered.find(item->object.oid);
    if (found != answered.end()) {
      take_object(*item, std::move(*found->second), **adapter);
      continue;
    }
    item->needs_batch = true;
    again(*item, {Outcome::Next::rebatch,
                  {ErrorKind::remote,
                   "batch: the server's answer says nothing about the object",
                   item->object.oid.hex(),
                   {},
                   {}},
                  {},
                  false,
                  false});
  }
}

void TransferQueue::take_object(Item& item, BatchObject object, TransferAdapter& adapter) {
  if (object.error_code != 0) {
    if (!is_passing(object.error_code)) return give_up(item, object_error(object));
    return again(item, {Outcome::Next::rebatch, object_error(object), {}, false, object.error_code == 429});
  }
  if (services_.rewrite_href)
    for (auto& [name, action] : object.actions) action.href = services_.rewrite_href(action.href);
  if (operation_ == Operation::upload && !object.action("upload")) return finish(item, item.moved);
  item.actions = std::move(object);
  item.adapter = &adapter;
  item.needs_batch = false;
  ready_.push_back(&item);
}

void TransferQueue::start_transfers() {
  while (!ready_.empty() && moving_ < static_cast<size_t>(concurrency_) &&
         services_.options.now() >= start_not_before_) {
    Item* const item = ready_.front();
    ready_.pop_front();
    start(*item);
  }
}

void TransferQueue::start(Item& item) {
  if (item.uploaded) return verify(item);
  item.phase = item.adapter->phase();
  const Action* const action = item.actions.action(operation_ == Operation::upload ? "upload" : "download");
  if (action) item.host = host_of(action->href);
  if (action && action->expires && *action->expires <= std::chrono::system_clock::now() + kExpiryMargin) {
    return again(item, {Outcome::Next::rebatch,
                        {ErrorKind::network, "the address had run out before it was used", item.host, {}, {}},
                        {},
                        false,
                        false});
  }
  if (!std::exchange(item.started, true)) emit(TransferEvent::Kind::start, item, item.phase);
  ++moving_;
  item.adapter->start(
      item.object, item.actions,
      [this, &item](uint64_t bytes) {
        if (bytes <= item.through) return;
        item.through = bytes;
        const Time now = services_.options.now();
        if (now - item.last_progress < kProgressStep && bytes < item.object.size) return;
        item.last_progress = now;
        emit(TransferEvent::Kind::progress, item, item.phase);
      },
      [this, &item](Outcome outcome) {
        --moving_;
        on_outcome(item, std::move(outcome));
      });
}

void TransferQueue::on_outcome(Item& item, Outcome outcome) {
  if (outcome.next != Outcome::Next::done) return again(item, std::move(outcome));
  concurrency_ = std::min<double>(concurrency_ + 0.5, services_.options.concurrency);
  item.moved = true;
  if (operation_ == Operation::upload && item.actions.action("verify")) {
    item.uploaded = true;
    return verify(item);
  }
  finish(item, true);
}

void TransferQueue::verify(Item& item) {
  const Action& action = *item.actions.action("verify");
  item.phase = Phase::verify;
  item.host = host_of(action.href);
  ++item.verifies;
  ++moving_;
  HttpRequest request;
  request.method = "POST";
  request.leg = "verify";
  request.url = action.href;
  request.headers = action.headers;
  if (!header_value(request.headers, "accept")) request.headers.emplace_back("Accept", kLfsMediaType);
  if (!header_value(request.headers, "content-type")) request.headers.emplace_back("Content-Type", kLfsMediaType);
  request.body = nlohmann::json{{"oid", item.object.oid.hex()}, {"size", item.object.size}}.dump();
  request.timers = services_.options.timers;
  request.timers.response = response_allowance(services_.options.timers, item.object.size);
  emit(TransferEvent::Kind::progress, item, Phase::verify);
  services_.authenticator.submit_object(std::move(request), false, [this, &item](HttpResponse response) {
    --moving_;
    on_verified(item, std::move(response));
  });
}

void TransferQueue::on_verified(Item& item, HttpResponse response) {
  if (response.ok()) return finish(item, true);
  Outcome outcome = outcome_of(response, "verify", std::chrono::system_clock::now());
  if (item.verifies >= services_.options.max_verifies) return give_up(item, std::move(outcome.error));
  // The bytes are there; what failed is the question. But where the server says it has no such object, they go again.
  if (response.status == 404) {
    outcome.next = Outcome::Next::rebatch;
    item.uploaded = false;
  }
  again(item, std::move(outcome));
}

void TransferQueue::again(Item& item, Outcome outcome) {
  if (finished_) return;
  if (outcome.overloaded || outcome.stalled) concurrency_ = std::max(1.0, concurrency_ / 2);
  if (outcome.next == Outcome::Next::give_up || item.attempt > services_.options.max_retries)
    return give_up(item, std::move(outcome.error));
  emit(outcome.stalled ? TransferEvent::Kind::stall : TransferEvent::Kind::retry, item, item.phase,
       to_line(outcome.error));
  ++item.attempt;
  std::chrono::milliseconds pause = retry_delay(item.attempt, services_.options.max_delay, chance());
  if (outcome.retry_after) pause = std::min(*outcome.retry_after, kRetryAfterMax);
  if (outcome.next == Outcome::Next::rebatch) item.needs_batch = true;
  const Time when = services_.options.now() + pause;
  if (outcome.overloaded && outcome.retry_after) start_not_before_ = std::max(start_not_before_, when);
  due_.emplace(when, &item);
}

void TransferQueue::finish(Item& item, bool moved) {
  if (std::exchange(item.finished, true)) return;
  --unfinished_;
  if (moved) {
    ++report_.moved;
    report_.bytes += item.object.size;
    item.through = item.object.size;
  } else {
    ++report_.already_there;
  }
  emit(TransferEvent::Kind::done, item, item.phase);
  if (services_.finished) services_.finished(item.object);
}

void TransferQueue::give_up(Item& item, Error error) {
  if (std::exchange(item.finished, true)) return;
  --unfinished_;
  emit(TransferEvent::Kind::failed, item, item.phase, to_line(error));
  report_.failures.push_back({item.object, std::move(error)});
}

void TransferQueue::stop_all(Error error) {
  finished_ = true;
  services_.http.cancel_all();
  for (const auto& item : items_)
    if (!item->finished) give_up(*item, error);
  pending_.clear();
  ready_.clear();
  due_.clear();
  report_.fatal = std::move(error);
}

}  // namespace lfsguard::lfs
