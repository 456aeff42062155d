#include "cli/rewrite_install.h"

#include <unistd.h>

#include "config/git_config.h"
#include "hooks/install_repository.h"
#include "rewrite/run_folder.h"

namespace lfsguard::cli {
namespace {

constexpr const char* kMark = "installed-hooks";

hooks::InstallOptions install_options() { return {{Context::program_path(), Context::hook_program_path()}, false, false, {}}; }

}  // namespace

Status install_where_missing(Context& context, const git::RepositoryLayout& layout, const std::string& run) {
  if (layout.bare || layout.work_tree.empty()) return {};
  const auto git_config = TRY(config::GitConfig::read(layout.work_tree));
  if (hooks::filter_state(git_config).owner != hooks::FilterOwner::none) return {};
  hooks::Changes changes(false, [&](std::string_view line) { context.note(line); });
  for (const std::string& what : TRY(hooks::install_in_repository(changes, layout, git_config, install_options()))) context.warn(what);
  return run.empty() ? Status() : rewrite::RunFolder::named(layout, run).write(kMark, "");
}

Status uninstall_what_run_installed(Context& context, const git::RepositoryLayout& layout, const std::string& run) {
  const std::string mark = rewrite::RunFolder::named(layout, run).path() + "/" + kMark;
  if (::access(mark.c_str(), F_OK) != 0) return {};
  hooks::Changes changes(false, [&](std::string_view line) { context.note(line); });
  const auto git_config = TRY(config::GitConfig::read(layout.work_tree));
  TRY(hooks::uninstall_from_repository(changes, layout, git_config, install_options()));
  ::unlink(mark.c_str());
  return {};
}

}  // namespace lfsguard::cli
