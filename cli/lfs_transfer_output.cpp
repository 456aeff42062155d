#include "cli/lfs_transfer_output.h"

#include <unordered_set>

#include "cli/lfs_client.h"
#include "lfs/transfer/push_upload.h"

namespace lfsguard::cli {

using lfs::TransferEvent;

TransferOutput::TransferOutput(Context& context, bool json_events, std::string title)
    : context_(context), json_events_(json_events), title_(std::move(title)) {}

void TransferOutput::expect(const std::vector<lfs::TransferObject>& objects) {
  std::lock_guard lock(mutex_);
  std::unordered_set<lfs::Oid> seen;
  for (const lfs::TransferObject& object : objects)
    if (seen.insert(object.oid).second) total_ += object.size;
  if (!json_events_ && total_ > 0) context_.progress().phase(title_, total_, "bytes");
}

lfs::EventSink TransferOutput::sink() {
  return [this](const TransferEvent& event) { take(event); };
}

void TransferOutput::take(const TransferEvent& event) {
  std::lock_guard lock(mutex_);
  if (json_events_) {
    (void)write_now(lfs::to_json_line(event) + "\n");
    return;
  }
  if (event.kind == TransferEvent::Kind::retry || event.kind == TransferEvent::Kind::stall) {
    if (context_.verbose() || event.kind == TransferEvent::Kind::stall)
      context_.note((event.path.empty() ? std::string(name_of(event.phase)) : event.path) + ": " + event.error +
                    "; try " + std::to_string(event.attempt + 1));
    return;
  }
  if (event.oid.empty()) return;
  uint64_t& known = through_[event.oid];
  const uint64_t now = event.kind == TransferEvent::Kind::done ? event.total : event.bytes;
  if (now <= known) return;
  bytes_ += now - known;
  known = now;
  context_.progress().advance(bytes_);
}

Result<int> TransferOutput::finish(const lfs::TransferReport& report) {
  if (report.fatal) return fail(Error(*report.fatal));
  for (const lfs::TransferFailure& failure : report.failures) {
    Error error = failure.error;
    const std::string name = failure.object.path.empty() ? failure.object.oid.hex() : failure.object.path;
    std::string what = "LFS object was not transferred";
    if (!failure.object.commit.empty()) what += " (of commit " + failure.object.commit + ")";
    context_.complain(std::move(error).because(what, name));
  }
  return report.failures.empty() ? 0 : 2;
}

}  // namespace lfsguard::cli
