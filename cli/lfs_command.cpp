// `lfsguard lfs ...`: the embedded client, under git-lfs's names and flags. A new client command: its file, a line here.
#include "base/version.h"
#include "cli/context.h"
#include "cli/program.h"

namespace lfsguard::cli {

extern const Command kLfsCleanCommand;
extern const Command kLfsSmudgeCommand;
extern const Command kLfsFilterProcessCommand;
extern const Command kLfsPointerCommand;
extern const Command kLfsPushCommand;
extern const Command kLfsFetchCommand;
extern const Command kLfsPullCommand;
extern const Command kLfsCheckoutCommand;
extern const Command kLfsLsFilesCommand;
extern const Command kLfsEnvCommand;
extern const Command kLfsFsckCommand;
extern const Command kLfsPruneCommand;
extern const Command kLfsStatusCommand;
extern const Command kLfsLocksCommand;
extern const Command kLfsLockCommand;
extern const Command kLfsUnlockCommand;
extern const Command kLfsMigrateCommand;
extern const Command kLfsPrePushCommand;
extern const Command kLfsPostCheckoutCommand;
extern const Command kLfsPostCommitCommand;
extern const Command kLfsPostMergeCommand;
extern const Command kLfsInstallCommand;
extern const Command kLfsUninstallCommand;
extern const Command kLfsUpdateCommand;
extern const Command kLfsLogsCommand;
extern const Command kLfsExtCommand;
extern const Command kLfsHelpCommand;
extern const Command kTrackCommand;
extern const Command kUntrackCommand;

namespace {

Result<int> run_version(Context& context, const Arguments&) {
  context.print(answers_as_git_lfs() ? git_lfs_version() : "lfsguard " + std::string(kVersion) + " (a Git LFS client)\n");
  return 0;
}

constexpr Command kLfsVersion{.name = "version", .summary = "the client's version", .most = 0, .run = run_version};

constexpr const Command* kLfsCommands[] = {
    &kLfsCleanCommand,
    &kLfsSmudgeCommand,
    &kLfsFilterProcessCommand,
    &kLfsPointerCommand,
    &kLfsPushCommand,
    &kLfsFetchCommand,
    &kLfsPullCommand,
    &kLfsCheckoutCommand,
    &kLfsLsFilesCommand,
    &kLfsEnvCommand,
    &kLfsFsckCommand,
    &kLfsPruneCommand,
    &kLfsStatusCommand,
    &kLfsLocksCommand,
    &kLfsLockCommand,
    &kLfsUnlockCommand,
    &kLfsMigrateCommand,
    &kLfsPrePushCommand,
    &kLfsPostCheckoutCommand,
    &kLfsPostCommitCommand,
    &kLfsPostMergeCommand,
    &kTrackCommand,
    &kUntrackCommand,
    &kLfsInstallCommand,
    &kLfsUninstallCommand,
    &kLfsUpdateCommand,
    &kLfsLogsCommand,
    &kLfsExtCommand,
    &kLfsHelpCommand,
    &kLfsVersion,
};

}  // namespace

extern constinit const Command kLfsCommand{
    .name = "lfs",
    .summary = "the Git LFS client, under git-lfs's names and flags",
    .commands = kLfsCommands,
};

}  // namespace lfsguard::cli
