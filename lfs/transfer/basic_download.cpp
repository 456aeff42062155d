#include "lfs/transfer/basic_download.h"

#include <cinttypes>
#include <cstdio>

#include "lfs/transfer/part_file.h"

namespace lfsguard::lfs {
namespace {

constexpr unsigned kWrongMax = 3;                      // tries of an object whose bytes come wrong
constexpr std::chrono::seconds kOtherProcessPause{1};  // before a look whether another process has finished the object

struct Attempt {
  std::unique_ptr<PartFile> part;
  uint64_t asked_from = 0;
  bool begun = false;
};

// Whether a 206 begins where the part file ends. "bytes 100-199/200", the total may be "*".
bool continues_at(const HttpResponse& head, uint64_t offset, uint64_t size) {
  const std::string range = header_value(head.headers, "content-range").value_or("");
  uint64_t first = 0, last = 0, total = size;
  const int fields = std::sscanf(range.c_str(), "bytes %" SCNu64 "-%" SCNu64 "/%" SCNu64, &first, &last, &total);
  return fields >= 2 && first == offset && total == size;
}

// The first bytes of a 2xx answer: does it go on, or start again?
Status begin(Attempt& attempt, const HttpResponse& head, uint64_t size) {
  attempt.begun = true;
  if (attempt.asked_from == 0) return {};
  if (head.status == 206) {
    if (continues_at(head, attempt.asked_from, size)) return {};
    TRY(attempt.part->restart());
    return fail(ErrorKind::network, "download: the server sent another part than it was asked for", "");
  }
  return attempt.part->restart();
}

}  // namespace

void BasicDownload::start(const TransferObject& object, const BatchObject& actions, Progress progress, Done done) {
  const auto stop = [&](Outcome::Next next, Error error) { done(Outcome{next, std::move(error), {}, false, false}); };
  if (store_.find(object.oid, object.size) == store_.path_of(object.oid)) return done({});
  const Action* const action = actions.action("download");
  if (!action)
    return stop(Outcome::Next::give_up,
                {ErrorKind::remote, "download: the server named no address for it", object.oid.hex(), {}, {}});
  Result<std::unique_ptr<PartFile>> part = PartFile::open(store_, object.oid, object.size);
  if (!part) {
    const bool busy = part.error().kind == ErrorKind::conflict;
    return done(Outcome{busy ? Outcome::Next::retry : Outcome::Next::give_up, std::move(part.error()),
                        busy ? std::optional(kOtherProcessPause) : std::nullopt, false, false});
  }
  const auto attempt = std::make_shared<Attempt>();
  attempt->part = std::move(*part);
  const auto finish = [this, oid = object.oid, attempt]() -> Outcome {
    Status status = attempt->part->finish();
    if (status) return {};
    const bool again = status.error().kind == ErrorKind::corrupt && ++wrong_[oid] < kWrongMax;
    return {again ? Outcome::Next::retry : Outcome::Next::give_up, std::move(status.error()), {}, false, false};
  };
  // All bytes were here already: a crash came between the last of them and the move into the store.
  if (attempt->part->length() == object.size) return done(finish());

  HttpRequest request;
  request.leg = "download";
  request.url = action->href;
  request.headers = action->headers;
  request.timers = options_.timers;
  attempt->asked_from = attempt->part->length();
  if (attempt->asked_from > 0)
    request.headers.emplace_back("Range", "bytes=" + std::to_string(attempt->asked_from) + "-");
  progress(attempt->asked_from);
  request.on_data = [attempt, size = object.size](const HttpResponse& head, std::string_view data) -> Status {
    if (!attempt->begun) TRY(begin(*attempt, head, size));
    return attempt->part->append(data);
  };
  request.on_progress = [attempt, progress = std::move(progress)](uint64_t, uint64_t) {
    progress(attempt->part->length());
  };
  authenticator_.submit_object(
      std::move(request), actions.authenticated,
      [attempt, finish, size = object.size, done = std::move(done)](HttpResponse response) {
        if (response.status == 416) {
          // What is here is no beginning of what the server has.
          (void)attempt->part->restart();
          return done(
              {Outcome::Next::retry, status_error(response, "download", ""), std::chrono::seconds(0), false, false});
        }
        if (!response.ok()) {
          Outcome outcome = outcome_of(response, "download", std::chrono::system_clock::now());
          if (outcome.error.kind == ErrorKind::corrupt) {
            (void)attempt->part->restart();
            outcome.next = Outcome::Next::retry;
          }
          return done(std::move(outcome));
        }
        if (attempt->part->length() < size)
          return done({Outcome::Next::retry,
                       {ErrorKind::network, "download: the server sent fewer bytes than the object has", "", {}, {}},
                       {},
                       false,
                       false});
        done(finish());
      });
}

}  // namespace lfsguard::lfs
