#include "lfs/filter/background_download.h"

namespace lfsguard::lfs {

BackgroundDownload::~BackgroundDownload() {
  if (thread_.joinable()) thread_.join();
}

void BackgroundDownload::want(const std::string& path, const Pointer& pointer) {
  std::lock_guard lock(mutex_);
  wanted_.push_back({path, pointer, {}});
}

std::vector<MissingObjects::Outcome> BackgroundDownload::wait() {
  std::unique_lock lock(mutex_);
  if (!running_ && !wanted_.empty()) start();
  changed_.wait(lock, [&] { return !settled_.empty() || !running_; });
  return std::exchange(settled_, {});
}

// With the lock held.
void BackgroundDownload::start() {
  if (thread_.joinable()) thread_.join();
  std::vector<TransferObject> objects;
  for (Outcome& outcome : wanted_) {
    objects.push_back({outcome.pointer.oid, outcome.pointer.size, outcome.path, ""});
    under_way_[outcome.pointer.oid].push_back(std::move(outcome));
  }
  wanted_.clear();
  if (began_) began_(objects);
  running_ = true;
  thread_ = std::thread([this, objects = std::move(objects)]() mutable { run(std::move(objects)); });
}

void BackgroundDownload::run(std::vector<TransferObject> objects) {
  const Result<TransferReport> report =
      client_.download(remote_, objects, events_, [&](const TransferObject& object) { settle(object.oid, {}); });
  if (report) {
    for (const TransferFailure& failure : report->failures) settle(failure.object.oid, fail(failure.error));
  } else {
    for (const TransferObject& object : objects) settle(object.oid, fail(report.error()));
  }
  std::lock_guard lock(mutex_);
  running_ = false;
  changed_.notify_all();
}

void BackgroundDownload::settle(const Oid& oid, const Status& status) {
  std::lock_guard lock(mutex_);
  const auto found = under_way_.find(oid);
  if (found == under_way_.end()) return;
  for (Outcome& outcome : found->second) {
    outcome.status = status;
    settled_.push_back(std::move(outcome));
  }
  under_way_.erase(found);
  changed_.notify_all();
}

}  // namespace lfsguard::lfs
