// The knobs of a transfer, under git-lfs's names (docs/lfs.md, "Transfers").
#pragma once

#include <chrono>
#include <functional>

#include "lfs/net/client_config.h"
#include "lfs/net/http.h"

namespace lfsguard::lfs {

struct TransferOptions {
  unsigned concurrency = 8;            // lfs.concurrenttransfers
  unsigned batch_size = 100;           // lfs.transfer.batchsize, lfs.batchsize
  unsigned max_retries = 8;            // lfs.transfer.maxretries: of one object, and of one batch
  std::chrono::seconds max_delay{10};  // lfs.transfer.maxretrydelay: between two tries, Retry-After aside
  unsigned max_verifies = 3;           // lfs.transfer.maxverifies
  HttpTimers timers;
  bool rewrite_hrefs = false;  // lfs.transfer.enablehrefrewrite: url.<base>.insteadOf holds for actions too

  // Seams of time and chance, for tests.
  std::function<std::chrono::steady_clock::time_point()> now = [] { return std::chrono::steady_clock::now(); };
  std::function<double()> chance;  // uniform in [0, 1); empty: random

  static TransferOptions read(const ClientConfig& config);
};

// Exponential back-off with full jitter before try number `attempt` (2 is the first retry): a random part of 250 ms x
// 2^n, at most `longest`.
std::chrono::milliseconds retry_delay(unsigned attempt, std::chrono::seconds longest, double chance);

}  // namespace lfsguard::lfs
