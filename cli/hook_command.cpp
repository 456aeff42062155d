// `lfsguard hook NAME`: a hook by hand, and what lfsguard-hook starts when there is something to mend or to send.
#include "base/file_descriptor.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/push_upload.h"
#include "git/repository/object_writer.h"
#include "hooks/hook.h"
#include "hooks/staged_fix.h"

namespace lfsguard::cli {
namespace {

Result<int> run_hook_command(Context& context, const Arguments& arguments) {
  const auto& words = arguments.positional();
  hooks::HookCall call{words[0], {words.begin() + 1, words.end()}, {}};
  if (hooks::reads_input(call.name)) call.input = TRY(read_all(0, "standard input"));
  const hooks::HookActions actions{
      [](const hooks::HookCall&, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const scanner::StagedScan& scan) -> Result<int> {
        git::ObjectWriter writer = TRY(git::ObjectWriter::open(layout.object_dir));
        return hooks::fix_staged(layout, settings, scan, Context::program_path(), [&](std::string_view content) { return writer.write_blob(content); });
      },
      [&](const hooks::HookCall& hook, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const scanner::PushScan& scan) {
        return upload_for_push(context, hook, layout, settings, scan);
      },
  };
  return hooks::run_hook(call, actions);
}

}  // namespace

extern constinit const Command kHookCommand{
    .name = "hook",
    .summary = "run a hook by hand",
    .arguments = "NAME [ARG...]",
    .details = "NAME: pre-commit, pre-merge-commit, pre-applypatch, pre-push, pre-receive or update, with the arguments and standard input that git gives it.",
    .fewest = 1,
    .options_end_at_first_argument = true,
    .run = run_hook_command,
};

}  // namespace lfsguard::cli
