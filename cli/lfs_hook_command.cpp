// `lfsguard lfs pre-push|post-checkout|post-commit|post-merge`: what the hooks that git-lfs installs call. With this program under git-lfs's
// name they go on working.
//
// pre-push sends the LFS objects and judges nothing (lfsguard's own hook does that, and then there is nothing left to send). The others
// make lockable files read-only that are not locked; all of them, where git-lfs looks at those that changed.
#include <cstdlib>

#include "base/file_descriptor.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/lfs_lockable.h"
#include "cli/lfs_transfer_output.h"
#include "hooks/ref_updates.h"
#include "lfs/transfer/lock_verify.h"
#include "lfs/transfer/push_upload.h"

namespace lfsguard::cli {
namespace {

bool told_to_skip() {
  const char* value = std::getenv("GIT_LFS_SKIP_PUSH");
  return value && config::parse_git_bool(value).value_or(false);
}

Result<int> run_pre_push(Context& context, const Arguments& arguments) {
  if (told_to_skip()) return 0;
  const std::string input = TRY(read_all(0, "standard input"));
  const lfs::Client client = TRY(open_lfs_client(context));
  std::vector<lfs::RefUpdate> updates;
  for (const scanner::RefUpdate& update : TRY(hooks::parse_pre_push(input)))
    updates.push_back({update.local_ref, update.new_oid.hex(), update.ref, update.old_oid.hex()});
  const std::string name = arguments.positional().front();
  const std::string url = arguments.positional().size() > 1 ? arguments.positional()[1] : name;
  std::vector<lfs::TransferObject> objects = TRY(lfs::objects_for_push(client, name, url, updates));
  if (arguments.has("--dry-run")) {
    for (const lfs::TransferObject& object : objects) context.print("push " + object.oid.hex() + " => " + object.path + "\n");
    return 0;
  }
  if (objects.empty()) return 0;
  const lfs::LockVerdict locks = TRY(lfs::verify_locks(client, lfs::remote_of_push(client, name, url), updates));
  for (const std::string& line : locks.lines) context.complain_line(line);
  if (locks.stops_push) return 2;
  TransferOutput output(context, false, "Uploading LFS objects");
  output.expect(objects);
  return output.finish(TRY(lfs::upload_for_push(client, name, url, updates, std::move(objects), output.sink())));
}

Result<int> run_fix_modes(Context& context, const Arguments&) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const auto files = TRY(lockable_files(client));
  if (files.empty()) return 0;
  const auto held = held_locks(client.layout());
  for (const std::string& path : files)
    if (const Status status = set_writable(client, path, held.contains(path)); !status) context.complain(status.error());
  return 0;
}

constexpr Option kPrePushOptions[] = {{"--dry-run", "", "print what would be sent", 'd'}};

}  // namespace

extern constinit const Command kLfsPrePushCommand{
    .name = "pre-push",
    .summary = "send the LFS objects of a push (git-lfs's hook runs this)",
    .arguments = "REMOTE [URL]",
    .options = kPrePushOptions,
    .fewest = 1,
    .most = 2,
    .run = run_pre_push,
};
extern constinit const Command kLfsPostCheckoutCommand{
    .name = "post-checkout",
    .summary = "make lockable files read-only that are not locked (git-lfs's hook runs this)",
    .arguments = "[OLD NEW FLAG]",
    .run = run_fix_modes,
};
extern constinit const Command kLfsPostCommitCommand{
    .name = "post-commit",
    .summary = "the same after a commit",
    .run = run_fix_modes,
};
extern constinit const Command kLfsPostMergeCommand{
    .name = "post-merge",
    .summary = "the same after a merge",
    .arguments = "[SQUASH]",
    .run = run_fix_modes,
};

}  // namespace lfsguard::cli
