// pre-push: everything that git is about to send is held against the rules, and LFS objects go first.
//
// No connection is made here, and none at all where no LFS object is pushed.
#include "base/progress.h"
#include "hooks/hook.h"
#include "hooks/ref_updates.h"
#include "report/progress.h"
#include "report/scan_report.h"
#include "report/terminal.h"

namespace lfsguard::hooks {
namespace {

// A URL in place of a remote's name: the remote that has this URL, else none.
std::string remote_name(const config::GitConfig& git_config, const std::string& name, const std::string& url) {
  for (const std::string& remote : git_config.remotes())
    if (remote == name) return remote;
  for (const std::string& remote : git_config.remotes()) {
    for (const std::string& candidate : git_config.push_urls(remote))
      if (candidate == url || candidate == name) return remote;
    for (const std::string& candidate : git_config.fetch_urls(remote))
      if (candidate == url || candidate == name) return remote;
  }
  return {};
}

}  // namespace

Result<int> pre_push(const HookCall& call, const git::RepositoryLayout& layout, const HookActions& actions) {
  const std::vector<scanner::RefUpdate> updates = TRY(parse_pre_push(call.input));
  if (updates.empty()) return 0;
  for (const scanner::RefUpdate& update : updates) {
    if (!update.ref.starts_with("refs/lfsguard/") || update.new_oid.is_zero()) continue;
    say("refused: " + update.ref + " is a backup of a rewrite and holds what was taken out of history");
    say_text("hint: push branches and tags instead of --mirror, or drop the backups: lfsguard rewrite --forget\n");
    return 1;
  }
  const std::string name = call.arguments.empty() ? "" : call.arguments[0];
  const std::string url = call.arguments.size() > 1 ? call.arguments[1] : name;

  config::PolicySources sources;
  sources.layout = &layout;
  config::GitConfig git_config = TRY(config::GitConfig::read(layout.work_tree.empty() ? layout.git_dir : layout.work_tree));
  const std::string remote = remote_name(git_config, name, url);
  sources.git_config = &git_config;
  sources.remote = remote.empty() ? name : remote;
  sources.push_url = url;
  const config::LoadedPolicy settings = TRY(config::load_policy_with_origins(sources));
  for (const std::string& warning : settings.policy.warnings) say("warning: " + warning);

  const bool ignore_case = TRY(git_config.get_bool("core.ignoreCase")).value_or(false);
  const scanner::PathPolicy policy(settings.policy, ignore_case, scanner::today_utc());
  const lfs::ObjectStore store = lfs::ObjectStore::at(layout, git_config.get("lfs.storage").value_or(""));
  scanner::PushScanOptions options;
  options.ignore_case = ignore_case;
  options.remote = remote;
  options.store = &store;
  const auto progress = report::stderr_progress(report::is_terminal(2));
  const scanner::PushScan scan = TRY(scanner::scan_push(layout, policy, updates, options, *progress));
  progress->clear();

  if (!scan.result.findings.empty()) {
    report::ScanReportOptions shown;
    shown.scanned_line = false;
    shown.top = 50;
    shown.run_from = git::top_to_go_to(layout);
    say_text(report::scan_text(scan.result, shown));
    if (scan.result.errors() > 0 && settings.policy.push == config::PushMode::block) {
      say("push to " + (remote.empty() ? std::string("this URL") : remote) + " stopped before anything was sent");
      return 1;
    }
  }
  for (const std::string& line : report::incomplete_lines(scan.result)) say(line);
  if (scan.pointers.empty()) return 0;
  return actions.upload(call, layout, settings, scan);
}

}  // namespace lfsguard::hooks
