// MissingObjects over the network: what a checkout wants is collected, then downloaded all at once on a thread of its
// own, so that git can write the files that have come while the others are still on their way.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "lfs/filter/smudge.h"
#include "lfs/transfer/client.h"

namespace lfsguard::lfs {

class BackgroundDownload final : public MissingObjects {
 public:
  // Told what a download is about to get; called from the thread that waits.
  using Began = std::function<void(const std::vector<TransferObject>&)>;
  // `client` must outlive it. `events` is called from the thread that downloads.
  BackgroundDownload(const Client& client, std::string remote, EventSink events, Began began = {})
      : client_(client), remote_(std::move(remote)), events_(std::move(events)), began_(std::move(began)) {}
  ~BackgroundDownload() override;
  void want(const std::string& path, const Pointer& pointer) override;
  std::vector<Outcome> wait() override;

 private:
  void start();
  void run(std::vector<TransferObject> objects);
  void settle(const Oid& oid, const Status& status);

  const Client& client_;
  std::string remote_;
  EventSink events_;
  Began began_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> wanted_;                              // not asked for yet
  std::unordered_map<Oid, std::vector<Outcome>> under_way_;  // asked for
  std::vector<Outcome> settled_;
  bool running_ = false;
};

}  // namespace lfsguard::lfs
