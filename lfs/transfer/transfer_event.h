// What a transfer says about itself while it runs: the events of `--json-events` (docs/interface.md, "JSON") and of
// progress bars.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "lfs/store/oid.h"

namespace lfsguard::lfs {

enum class Phase { hash, batch, upload, download, complete, verify };
std::string_view name_of(Phase phase);

struct TransferEvent {
  enum class Kind { start, progress, retry, stall, done, failed, summary } kind = Kind::start;
  Phase phase = Phase::batch;
  std::string oid;     // hex; empty for events about no one object
  std::string path;    // one of the paths that want it, exact bytes
  uint64_t bytes = 0;  // of this object that are through; of all in a summary. Never counts a byte twice
  uint64_t total = 0;
  unsigned attempt = 1;
  std::string host;   // "https://host:port" that the phase talks to
  std::string error;  // one line, for retry, stall and failed
};
std::string_view name_of(TransferEvent::Kind kind);

using EventSink = std::function<void(const TransferEvent&)>;

// One line of JSON without its newline.
std::string to_json_line(const TransferEvent& event);

}  // namespace lfsguard::lfs
