// How a transfer is shown: a bar (or lines) on stderr, or `--json-events` on stdout, and what failed at the end, by
// path and commit.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "cli/context.h"
#include "lfs/transfer/client.h"

namespace lfsguard::cli {

class TransferOutput {
 public:
  // `title`: "Uploading LFS objects".
  TransferOutput(Context& context, bool json_events, std::string title);
  // How many bytes are expected in all; for the bar.
  void expect(const std::vector<lfs::TransferObject>& objects);
  lfs::EventSink sink();
  // Prints the failures. 0, or 2 when something is left undone; an error when the server refused as a whole.
  Result<int> finish(const lfs::TransferReport& report);

 private:
  void take(const lfs::TransferEvent& event);
  Context& context_;
  const bool json_events_;
  const std::string title_;
  std::mutex mutex_;
  std::map<std::string, uint64_t> through_;  // bytes of each object
  uint64_t bytes_ = 0, total_ = 0;
};

}  // namespace lfsguard::cli
