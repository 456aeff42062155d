// Many objects to or from one server: batches asked for ahead of the transfers, as many transfers at once as the server
// bears, retries.
//
// One thread, one event loop (lfs/net/http.h). An object goes pending -> asked (in a batch request) -> ready (its
// actions are known) -> moving -> verifying -> finished; a failed attempt sends it back to ready or pending after a
// pause. The next batch is asked for while the last one is moving. Concurrency halves on stalls, 429 and 503, and grows
// again with each success. An object that fails for good does not stop the others; a refusal of the whole batch does.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lfs/auth/authenticator.h"
#include "lfs/net/batch.h"
#include "lfs/transfer/adapter.h"
#include "lfs/transfer/transfer_event.h"
#include "lfs/transfer/transfer_options.h"

namespace lfsguard::lfs {

struct TransferFailure {
  TransferObject object;
  Error error;
};

struct TransferReport {
  size_t moved = 0;          // objects whose bytes went over the line
  size_t already_there = 0;  // objects that nobody had to move
  uint64_t bytes = 0;        // of the moved ones
  std::vector<TransferFailure> failures;
  std::optional<Error> fatal;  // the server refused as a whole; then every object not finished is among the failures
  bool complete() const { return failures.empty() && !fatal; }
};

class TransferQueue {
 public:
  struct Services {
    HttpClient& http;
    Authenticator& authenticator;
    const TransferOptions& options;
    EventSink events;                                                  // may be empty
    std::function<std::string(const std::string& href)> rewrite_href;  // may be empty
    std::function<void(const TransferObject&)> finished;               // an object is there; may be empty
    std::function<void(std::chrono::milliseconds)> pause;              // while nothing runs; empty: sleeps
  };
  // `adapters`: best first. `ref`: told to the server, may be empty.
  TransferQueue(Services services, Operation operation, std::vector<std::unique_ptr<TransferAdapter>> adapters,
                std::string ref);
  ~TransferQueue();

  // An object that was added before is not added again.
  void add(TransferObject object);
  // Until every object is finished or has failed.
  TransferReport run();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Item;
  void ask_for_batches();
  void on_batch(std::vector<Item*> items, HttpResponse response);
  void take_answer(const std::vector<Item*>& items, BatchResponse answer);
  void take_object(Item& item, BatchObject object, TransferAdapter& adapter);
  void retry_batch(const std::vector<Item*>& items, const HttpResponse& response, Error error);
  void start_transfers();
  void start(Item& item);
  void on_outcome(Item& item, Outcome outcome);
  void verify(Item& item);
  void on_verified(Item& item, HttpResponse response);
  void again(Item& item, Outcome outcome);
  void finish(Item& item, bool moved);
  void give_up(Item& item, Error error);
  void stop_all(Error error);
  void wake_due();
  void rest();
  void emit(TransferEvent::Kind kind, const Item& item, Phase phase, const std::string& error = {});
  double chance() const;

  Services services_;
  Operation operation_;
  std::vector<std::unique_ptr<TransferAdapter>> adapters_;
  std::string ref_;
  TransferReport report_;
  std::vector<std::unique_ptr<Item>> items_;
  std::unordered_map<Oid, Item*> by_oid_;
  std::deque<Item*> pending_, ready_;
  std::multimap<Time, Item*> due_;  // waiting for another try
  size_t moving_ = 0, unfinished_ = 0;
  bool batch_running_ = false, finished_ = false;
  unsigned batch_size_, batch_attempt_ = 1;
  double concurrency_;
  Time batch_not_before_{}, start_not_before_{};
};

}  // namespace lfsguard::lfs
