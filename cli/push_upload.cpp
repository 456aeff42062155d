#include "cli/push_upload.h"

#include <fmt/format.h>

#include <map>

#include "base/byte_size.h"
#include "hooks/ref_updates.h"
#include "lfs/transfer/lock_verify.h"
#include "lfs/transfer/push_upload.h"

namespace lfsguard::cli {
namespace {

// Bytes of all objects, as they move.
class UploadProgress {
 public:
  UploadProgress(Progress& progress, uint64_t total) : progress_(progress), total_(total) {}
  void operator()(const lfs::TransferEvent& event) {
    if (!started_) progress_.phase("Uploading LFS objects", total_, "bytes");
    started_ = true;
    if (event.oid.empty() || event.phase != lfs::Phase::upload) return;
    uint64_t& seen = bytes_[event.oid];
    if (event.bytes <= seen) return;
    sum_ += event.bytes - seen;
    seen = event.bytes;
    progress_.advance(sum_);
  }

 private:
  Progress& progress_;
  uint64_t total_, sum_ = 0;
  bool started_ = false;
  std::map<std::string, uint64_t> bytes_;
};

}  // namespace

Result<int> upload_for_push(Context& context, const hooks::HookCall& hook, const git::RepositoryLayout& layout, const config::LoadedPolicy&,
                            const scanner::PushScan& scan) {
  const lfs::Client client = TRY(lfs::Client::open(layout));
  std::vector<lfs::TransferObject> needed;
  uint64_t total = 0;
  for (const scanner::PushedPointer& use : scan.pointers) {
    needed.push_back({use.pointer.oid, use.pointer.size, use.path, use.commit.hex()});
    total += use.pointer.size;
  }
  std::vector<lfs::RefUpdate> updates;
  for (const scanner::RefUpdate& update : TRY(hooks::parse_pre_push(hook.input)))
    updates.push_back({update.local_ref, update.new_oid.hex(), update.ref, update.old_oid.hex()});
  const std::string remote = hook.arguments.empty() ? "origin" : hook.arguments[0];
  const std::string url = hook.arguments.size() > 1 ? hook.arguments[1] : remote;
  const lfs::LockVerdict locks = TRY(lfs::verify_locks(client, lfs::remote_of_push(client, remote, url), updates));
  for (const std::string& line : locks.lines) context.complain_line(line);
  if (locks.stops_push) {
    hooks::say("push stopped: files are locked by others");
    return 1;
  }
  UploadProgress progress(context.progress(), total);
  const lfs::TransferReport report =
      TRY(lfs::upload_for_push(client, remote, url, updates, std::move(needed), [&](const lfs::TransferEvent& event) { progress(event); }));
  if (report.fatal) return fail(*report.fatal);
  for (const lfs::TransferFailure& failure : report.failures) context.complain(Error{failure.error.kind, lfs::describe(failure), "", failure.error.hint, {}});
  if (!report.complete()) {
    hooks::say(fmt::format("push stopped: {} LFS {} could not be sent", report.failures.size(), report.failures.size() == 1 ? "object" : "objects"));
    return 1;
  }
  if (report.moved > 0)
    context.note(fmt::format("Uploaded {} LFS {} ({})", report.moved, report.moved == 1 ? "object" : "objects", format_byte_size(report.bytes)));
  return 0;
}

}  // namespace lfsguard::cli
