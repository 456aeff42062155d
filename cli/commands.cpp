// The rows of the command line, in the order in which help lists them. A new command: its file, a line here.
#include "cli/command.h"

namespace lfsguard::cli {

extern const Command kCompletionCommand;
extern const Command kHelpCommand;
extern const Command kHookCommand;
extern const Command kLfsCommand;
extern const Command kRewriteCommand;
extern const Command kScanCommand;
extern const Command kPolicyCommand;
extern const Command kTrackCommand;
extern const Command kUntrackCommand;
extern const Command kInstallCommand;
extern const Command kUninstallCommand;
extern const Command kStatusCommand;

namespace {

constexpr const Command* kCommands[] = {
    &kScanCommand,  &kRewriteCommand, &kStatusCommand, &kInstallCommand, &kUninstallCommand, &kPolicyCommand,
    &kTrackCommand, &kUntrackCommand, &kLfsCommand,    &kHookCommand,    &kHelpCommand,      &kCompletionCommand,
};

constexpr Option kGlobalOptions[] = {
    {"-C", "DIR", "as if started in DIR", 'C', Option::Times::repeated},
    {"--format", "FORMAT", "how results are written"},
    {"--output", "FILE", "results into FILE instead of standard output", 'o'},
    {"--quiet", "", "say less on standard error", 'q'},
    {"--verbose", "", "say more on standard error", 'v'},
    {"--no-progress", "", "no progress bars or lines"},
    {"--color", "WHEN", "colour", 0, Option::Times::once, "auto|always|never"},
    {"--help", "", "this text", 'h'},
    {"--version", "", "the program's version"},
};

}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }
std::span<const Option> global_options() { return kGlobalOptions; }

}  // namespace lfsguard::cli
