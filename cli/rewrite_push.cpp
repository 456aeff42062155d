#include "cli/rewrite_push.h"

#include <map>

#include "cli/push_upload.h"
#include "config/policy_sources.h"
#include "git/objects/object_database.h"
#include "git/process/git_command.h"
#include "hooks/hook.h"
#include "report/scan_report.h"
#include "scanner/push_scan.h"

namespace lfsguard::cli {
namespace {

std::string top_of(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

Result<std::map<std::string, ObjectId>> remote_refs(const git::RepositoryLayout& layout, const std::string& remote) {
  auto listed = git::git_output(git::git_command({"ls-remote", "--refs", remote}, top_of(layout)));
  if (!listed) return fail(std::move(listed).error().because("the remote does not answer", remote));
  std::map<std::string, ObjectId> refs;
  for (const std::string_view line : git::split_lines(*listed))
    if (const auto oid = ObjectId::from_hex(line.substr(0, 40)); oid && line.size() > 41) refs[std::string(line.substr(41))] = *oid;
  return refs;
}

// Whether `commit` (or what it is a tag of) is behind `tip`, so that nothing of it is lost where the tip takes its place.
Result<bool> is_behind(const git::RepositoryLayout& layout, const ObjectId& commit, const ObjectId& tip) {
  if (commit == tip) return true;
  return TRY(run(git::git_command({"merge-base", "--is-ancestor", commit.hex(), tip.hex()}, top_of(layout)))).status == 0;
}

bool is_pushed(const rewrite::RefChange& change) { return change.name.starts_with("refs/heads/") || change.name.starts_with("refs/tags/"); }

Status check_nothing_is_lost(const git::RepositoryLayout& layout, const std::map<std::string, ObjectId>& there, const std::vector<rewrite::RefChange>& changes,
                             const char* way_out) {
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  for (const rewrite::RefChange& change : changes) {
    const auto remote_ref = there.find(change.name);
    if (!is_pushed(change) || remote_ref == there.end()) continue;
    const ObjectId& expected = remote_ref->second;
    if (!database->contains(expected)) return fail(ErrorKind::conflict, "the remote has commits that are not here", change.name, way_out);
    if (TRY(is_behind(layout, expected, change.old_oid)) || (!change.new_oid.is_zero() && TRY(is_behind(layout, expected, change.new_oid)))) continue;
    return fail(ErrorKind::conflict, "the remote has commits that are not in what would take their place", change.name, way_out);
  }
  return {};
}

}  // namespace

Status check_remote(const git::RepositoryLayout& layout, const std::string& remote, const std::vector<rewrite::RefChange>& planned) {
  return check_nothing_is_lost(layout, TRY(remote_refs(layout, remote)), planned, "git pull, then rewrite again: else that work would be lost");
}

Result<int> push_rewritten(Context& context, const git::RepositoryLayout& layout, const std::string& remote, const std::vector<rewrite::RefChange>& changes) {
  const auto there = TRY(remote_refs(layout, remote));
  TRY(check_nothing_is_lost(layout, there, changes, "lfsguard rewrite --undo, git pull, then rewrite again: else that work would be lost"));
  const auto head = git::git_line(git::git_command({"symbolic-ref", "-q", "HEAD"}, top_of(layout)));
  std::vector<scanner::RefUpdate> updates;
  // The advice would be about the grafts that we keep out of git's sight.
  std::vector<std::string> arguments = {"-c", "advice.graftFileDeprecated=false", "push", "--atomic"}, specs;
  for (const rewrite::RefChange& change : changes) {
    if (!is_pushed(change)) continue;
    const auto remote_ref = there.find(change.name);
    if (remote_ref == there.end() && !there.empty() && !(head && *head == change.name)) {
      context.note(change.name + " is not on " + remote + ": not pushed");
      continue;
    }
    const ObjectId expected = remote_ref == there.end() ? ObjectId{} : remote_ref->second;
    arguments.push_back("--force-with-lease=" + change.name + ":" + (expected.is_zero() ? std::string() : expected.hex()));
    specs.push_back(change.name + ":" + change.name);
    updates.push_back({change.name, change.name, expected, change.new_oid});
  }
  if (updates.empty()) {
    context.note("nothing to push to " + remote);
    return 0;
  }

  // Held against the remote's rules, and objects sent, before git is let go.
  config::PolicySources sources;
  sources.layout = &layout;
  sources.remote = remote;
  const config::LoadedPolicy settings = TRY(config::load_policy_with_origins(sources));
  const bool ignore_case = TRY(settings.git_config.get_bool("core.ignoreCase")).value_or(false);
  const scanner::PathPolicy policy(settings.policy, ignore_case, scanner::today_utc());
  const lfs::ObjectStore store = lfs::ObjectStore::at(layout, settings.git_config.get("lfs.storage").value_or(""));
  scanner::PushScanOptions options;
  options.ignore_case = ignore_case;
  options.remote = remote;
  options.store = &store;
  const scanner::PushScan scan = TRY(scanner::scan_push(layout, policy, updates, options, context.progress()));
  if (scan.result.errors() > 0) {
    report::ScanReportOptions shown;
    shown.scanned_line = false;
    shown.run_from = git::top_to_go_to(layout);
    hooks::say_text(report::scan_text(scan.result, shown));
    context.note("not pushed: the rewritten history still breaks the rules of " + remote);
    return 1;
  }
  if (!scan.pointers.empty()) {
    hooks::HookCall call{"pre-push", {remote}, {}};
    for (const scanner::RefUpdate& update : updates)
      call.input += update.local_ref + " " + update.new_oid.hex() + " " + update.ref + " " + update.old_oid.hex() + "\n";
    // Twice: the second time the server is asked for each and must have it.
    for (int round = 0; round < 2; ++round)
      if (const int code = TRY(upload_for_push(context, call, layout, settings, scan)); code != 0) return code;
  }
  arguments.push_back(remote);
  arguments.insert(arguments.end(), specs.begin(), specs.end());
  lfsguard::Command push = git::git_command(std::move(arguments), top_of(layout));
  push.standard_output = lfsguard::Command::Stdout::inherit;
  push.standard_error = lfsguard::Command::Stderr::inherit;
  Completed pushed = TRY(run(push));
  if (pushed.status != 0) return fail(ErrorKind::remote, "git push failed", remote, "the rewritten history is here; push again when the cause is mended, or lfsguard rewrite --undo");
  return 0;
}

}  // namespace lfsguard::cli
