// pre-receive and update: the same rules where everybody pushes to.
//
// Only what is in the quarantine is judged. Settings come from <repo.git>/lfsguard.toml and the system's file alone: a push by path brings the
// pusher's environment and home folder along, and neither may loosen a server. A .lfsguard.toml that is pushed can tighten. What does
// not parse refuses the push.
#include <cstdlib>

#include "git/process/git_command.h"
#include "hooks/hook.h"
#include "hooks/ref_updates.h"
#include "report/scan_report.h"

namespace lfsguard::hooks {
namespace {

// The push option that lets this push through, when the server's policy names one and the pusher gave it.
bool bypassed(const config::Policy& policy) {
  const char* count = std::getenv("GIT_PUSH_OPTION_COUNT");
  if (policy.bypass.empty() || !count) return false;
  for (long i = 0; i < std::strtol(count, nullptr, 10); ++i) {
    const char* option = std::getenv(("GIT_PUSH_OPTION_" + std::to_string(i)).c_str());
    if (option && policy.bypass == option) return true;
  }
  return false;
}

Status tighten_by_pushed_files(const git::RepositoryLayout& layout, const std::vector<scanner::RefUpdate>& updates, config::Policy& policy) {
  for (const scanner::RefUpdate& update : updates) {
    if (update.new_oid.is_zero() || !update.ref.starts_with("refs/heads/")) continue;
    const std::string name = update.new_oid.hex() + ":.lfsguard.toml";
    const Completed file = TRY(run(git::git_command({"cat-file", "blob", name}, layout.git_dir)));
    if (file.status == 0) TRY(config::tighten(policy, update.ref + ":.lfsguard.toml", file.output));
  }
  return {};
}

// What the repository's own configuration says: a push by path brings the pusher's along. A key without "=" is true.
std::optional<std::string> own_setting(const config::GitConfig& git_config, std::string_view key) {
  std::optional<std::string> value;
  for (const config::GitConfig::Entry& entry : git_config.entries())
    if (entry.scope == "local" && entry.key == key) value = entry.has_value ? entry.value : "true";
  return value;
}

}  // namespace

Result<int> pre_receive(const HookCall& call, const git::RepositoryLayout& layout) {
  std::vector<scanner::RefUpdate> updates;
  if (call.name == "update") {
    if (call.arguments.size() != 3) return fail(ErrorKind::usage, "the update hook takes three arguments", "", "git calls it with: ref, old id, new id");
    updates = TRY(parse_pre_receive(call.arguments[1] + " " + call.arguments[2] + " " + call.arguments[0] + "\n"));
  } else {
    updates = TRY(parse_pre_receive(call.input));
  }
  config::PolicySources sources;
  sources.layout = &layout;
  sources.server = true;
  sources.repository_file = config::PolicySources::RepositoryFile::none;
  config::LoadedPolicy settings = TRY(config::load_policy_with_origins(sources));
  if (bypassed(settings.policy)) {
    say("let through by push option \"" + settings.policy.bypass + "\", logged");
    for (const scanner::RefUpdate& update : updates)
      log_line(layout, call.name + " bypassed by push option: " + update.ref + " " + update.old_oid.hex() + " " + update.new_oid.hex());
    return 0;
  }
  TRY(tighten_by_pushed_files(layout, updates, settings.policy));

  const auto git_config = TRY(config::GitConfig::read(layout.git_dir));
  const bool ignore_case = config::parse_git_bool(own_setting(git_config, "core.ignorecase").value_or("false")).value_or(false);
  const scanner::PathPolicy policy(settings.policy, ignore_case, scanner::today_utc());
  const lfs::ObjectStore store = lfs::ObjectStore::at(layout, own_setting(git_config, "lfs.storage").value_or(""));
  scanner::PushScanOptions options;
  options.ignore_case = ignore_case;
  options.server = true;
  options.store = &store;
  options.judge_missing_objects = settings.policy.server_objects == config::ServerObjects::here ||
                                  (settings.policy.server_objects == config::ServerObjects::automatic && store.has_any_object());
  if (std::getenv("GIT_QUARANTINE_PATH")) options.main_objects = layout.common_dir + "/objects";
  SilentProgress progress;
  const scanner::PushScan scan = TRY(scanner::scan_push(layout, policy, updates, options, progress));
  if (scan.result.findings.empty()) return 0;
  report::ScanReportOptions shown;
  shown.scanned_line = false;
  shown.top = 50;
  say_text(report::scan_text(scan.result, shown));
  if (scan.result.errors() == 0) return 0;
  say("push refused by this repository's rules");
  return 1;
}

}  // namespace lfsguard::hooks
