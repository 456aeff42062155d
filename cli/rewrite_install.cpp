#include "cli/rewrite_install.h"

#include <unistd.h>

#include "config/git_config.h"
#include "hooks/install_repository.h"

namespace lfsguard::cli {
namespace {

constexpr const char* kMark = "installed-hooks";

hooks::InstallOptions install_options() { return {{Context::program_path(), Context::hook_program_path()}, false, false, {}}; }

Status install(Context& context, const git::RepositoryLayout& layout, const config::GitConfig& git_config) {
  hooks::Changes changes(false, [&](std::string_view line) { context.note(line); });
  for (const std::string& what : TRY(hooks::install_in_repository(changes, layout, git_config, install_options()))) context.warn(what);
  return {};
}

bool has_work_tree(const git::RepositoryLayout& layout) { return !layout.bare && !layout.work_tree.empty(); }

Status settle(Context& context, const git::RepositoryLayout& layout, const rewrite::Journal& journal) {
  if (!has_work_tree(layout)) return {};
  const auto folder = rewrite::RunFolder::named(layout, journal.run);
  const std::string mark = folder.path() + "/" + kMark;
  const bool marked = ::access(mark.c_str(), F_OK) == 0;
  const auto git_config = TRY(config::GitConfig::read(layout.work_tree));
  if (!journal.undo) {
    // The mark comes first: of an install that was killed half-way it is all that tells whose it was.
    if (!marked && hooks::filter_state(git_config).owner != hooks::FilterOwner::none) return {};
    if (!marked) TRY(folder.write(kMark, ""));
    return install(context, layout, git_config);
  }
  if (!marked) return {};
  hooks::Changes changes(false, [&](std::string_view line) { context.note(line); });
  TRY(hooks::uninstall_from_repository(changes, layout, git_config, install_options()));
  ::unlink(mark.c_str());
  return {};
}

}  // namespace

Status install_where_missing(Context& context, const git::RepositoryLayout& layout) {
  if (!has_work_tree(layout)) return {};
  const auto git_config = TRY(config::GitConfig::read(layout.work_tree));
  return hooks::filter_state(git_config).owner == hooks::FilterOwner::none ? install(context, layout, git_config) : Status();
}

rewrite::Surroundings surroundings_of_run(Context& context, const git::RepositoryLayout& layout) {
  return {Context::program_path(), [&](const rewrite::Journal& journal) -> Status {
            Status done = settle(context, layout, journal);
            if (done) return {};
            const char* what = journal.undo ? "the rewrite is undone, but its filters and hooks are still there" : "the history is rewritten, but filters and hooks are not installed";
            return fail(std::move(done).error().because(what, layout.common_dir).with_hint("mend that, then run any lfsguard command here: it does the rest (lfsguard rewrite --runs)"));
          }};
}

rewrite::Surroundings surroundings_of_killed_run(Context& context, const git::RepositoryLayout& layout) {
  return {Context::program_path(), [&](const rewrite::Journal& journal) -> Status {
            if (Status done = settle(context, layout, journal); !done)
              context.warn("filters and hooks are not as the interrupted rewrite wanted them: " + to_line(done.error()) + "; mend that, then run: lfsguard " + (journal.undo ? "uninstall" : "install"));
            return {};
          }};
}

}  // namespace lfsguard::cli
