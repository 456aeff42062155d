#include "lfs/transfer/transfer_options.h"

#include <algorithm>
#include <random>

namespace lfsguard::lfs {
namespace {

constexpr int64_t kFirstDelayMs = 250;

unsigned bounded(int64_t value, int64_t least, int64_t most, unsigned otherwise) {
  if (value < least) return otherwise;
  return static_cast<unsigned>(std::min(value, most));
}

}  // namespace

TransferOptions TransferOptions::read(const ClientConfig& config) {
  TransferOptions options;
  options.concurrency = bounded(config.number("lfs.concurrenttransfers", 8), 1, 128, 8);
  options.batch_size =
      bounded(config.number("lfs.transfer.batchsize", config.number("lfs.batchsize", 100)), 1, 10000, 100);
  options.max_retries = bounded(config.number("lfs.transfer.maxretries", 8), 0, 1000, 8);
  options.max_delay = std::chrono::seconds(bounded(config.number("lfs.transfer.maxretrydelay", 10), 0, 86400, 10));
  options.max_verifies = bounded(config.number("lfs.transfer.maxverifies", 3), 1, 1000, 3);
  options.timers.connect = bounded(config.number("lfs.dialtimeout", 30), 0, 86400, 30);
  options.timers.tls = bounded(config.number("lfs.tlstimeout", 30), 0, 86400, 30);
  options.timers.stall = bounded(config.number("lfs.activitytimeout", 30), 0, 86400, 30);
  // A server that is asked about a hundred objects may think longer than a line may be silent.
  options.timers.response = 2 * options.timers.stall;
  options.rewrite_hrefs = config.flag("lfs.transfer.enablehrefrewrite", false);
  options.chance = [generator = std::mt19937_64(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
  return options;
}

std::chrono::milliseconds retry_delay(unsigned attempt, std::chrono::seconds longest, double chance) {
  const unsigned doublings = std::min(attempt > 2 ? attempt - 2 : 0u, 20u);
  const int64_t most = std::min<int64_t>(kFirstDelayMs << doublings, longest.count() * 1000);
  return std::chrono::milliseconds(static_cast<int64_t>(chance * static_cast<double>(most)));
}

}  // namespace lfsguard::lfs
