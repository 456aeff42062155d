// How one object's bytes travel once the server has named its actions: the seam between the queue and "basic", and
// whatever else is offered to the server. An adapter knows one attempt; when to try again, in what order and how many
// at once is the queue's business. tests/unit/lfs_transfer/adapter_conformance.h holds what every adapter must do.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "lfs/net/batch.h"
#include "lfs/store/pointer.h"
#include "lfs/transfer/transfer_event.h"

namespace lfsguard::lfs {

// What is to be moved, and for whom.
struct TransferObject {
  Oid oid;
  uint64_t size = 0;
  std::string path;    // one path that wants it, for messages
  std::string commit;  // hex id of a commit that holds it; may be empty
};

struct Outcome {
  enum class Next {
    done,
    retry,    // the same actions may do
    rebatch,  // the actions are used up or expired: ask again
    give_up,
  } next = Next::done;
  Error error;  // unless done
  std::optional<std::chrono::seconds> retry_after;
  bool stalled = false;
  bool overloaded = false;  // 429 or 503: fewer at once, please
};

class TransferAdapter {
 public:
  using Progress = std::function<void(uint64_t bytes)>;  // of this object that are through, in this attempt
  using Done = std::function<void(Outcome)>;
  virtual ~TransferAdapter() = default;
  virtual std::string name() const = 0;  // as offered to the server
  virtual Phase phase() const = 0;
  // `actions` stays valid until `done` is called, which may be at once.
  virtual void start(const TransferObject& object, const BatchObject& actions, Progress progress, Done done) = 0;
};

// The outcome that an answer or a broken line means for an object. `leg`: "upload", ...
Outcome outcome_of(const HttpResponse& response, const std::string& leg, WallTime now);

// Seconds a server may need after the last byte of a body of this size before it answers: it has to write and to hash
// it.
unsigned response_allowance(const HttpTimers& timers, uint64_t size);

}  // namespace lfsguard::lfs
