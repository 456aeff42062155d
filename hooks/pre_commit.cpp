// pre-commit, and the two hooks that can only stop a commit.
//
// On the quick path two git processes run side by side (settings, what is staged), and no other where nothing is found.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>

#include "base/file_descriptor.h"
#include "git/process/git_command.h"
#include "hooks/hook.h"
#include "hooks/staged_policy.h"
#include "report/scan_report.h"
#include "scanner/staged_scan.h"

namespace lfsguard::hooks {
namespace {

struct Judged {
  config::LoadedPolicy settings;
  scanner::StagedScan scan;
};

Result<Judged> judge_staged(const git::RepositoryLayout& layout) {
  // `git diff-index` takes as long as the index is large: it runs while the settings are read.
  auto listing = std::async(std::launch::async, [&] { return git::staged_changes(layout); });
  Judged judged;
  judged.settings = TRY(policy_for_staged(layout));
  auto changes = listing.get();
  if (!changes) return fail(std::move(changes).error());
  for (const std::string& warning : judged.settings.policy.warnings) say("warning: " + warning);
  const bool ignore_case = TRY(judged.settings.git_config.get_bool("core.ignoreCase")).value_or(false);
  const scanner::PathPolicy policy(judged.settings.policy, ignore_case, scanner::today_utc());
  const lfs::ObjectStore store = lfs::ObjectStore::at(layout, judged.settings.git_config.get("lfs.storage").value_or(""));
  judged.scan = TRY(scanner::scan_staged(layout, policy, true, &store, judged.settings.git_config, std::move(*changes)));
  return judged;
}

void show(const scanner::ScanResult& result, const git::RepositoryLayout& layout) {
  report::ScanReportOptions options;
  options.scanned_line = false;
  options.top = 50;
  options.run_from = git::top_to_go_to(layout);
  say_text(report::scan_text(result, options));
}

// Whether pre-commit mends it: everything that is an error, and pointers that lack a pattern.
bool mendable(const scanner::Finding& finding) {
  return finding.severity == config::Severity::error || finding.rule == config::Rule::uncovered_pointer;
}

// A look at the index's bytes: entries are stored by name, in version 4 without what they share with the entry before.
bool index_may_name_policy(const git::RepositoryLayout& layout) {
  const char* given = std::getenv("GIT_INDEX_FILE");
  const std::string path = given && *given ? given : layout.git_dir + "/index";
  const auto index = MappedFile::open(path);
  if (!index) return false;
  const std::string_view bytes(reinterpret_cast<const char*>(index->data()), index->size());
  // A split index keeps most entries elsewhere; git is asked.
  return bytes.find("guard.toml") != std::string_view::npos || bytes.find(std::string_view("link\0\0\0", 7)) != std::string_view::npos;
}

}  // namespace

Result<config::LoadedPolicy> policy_for_staged(const git::RepositoryLayout& layout) {
  config::PolicySources sources;
  sources.layout = &layout;
  // A process only where there can be such a file: in the work tree, or in the index alone (deleted, or left out by a sparse checkout).
  const std::string path = layout.work_tree + "/.lfsguard.toml";
  if (::access(path.c_str(), F_OK) == 0 || index_may_name_policy(layout)) {
    const Completed staged = TRY(run(git::git_command({"cat-file", "blob", ":.lfsguard.toml"}, layout.work_tree)));
    if (staged.status == 0) {
      sources.repository_file = config::PolicySources::RepositoryFile::bytes;
      sources.repository_file_name = ".lfsguard.toml (staged)";
      sources.repository_file_bytes = staged.output;
    }
  }
  return config::load_policy_with_origins(sources);
}

Result<int> pre_commit(const HookCall& call, const git::RepositoryLayout& layout, const HookActions& actions) {
  const Judged judged = TRY(judge_staged(layout));
  const scanner::ScanResult& result = judged.scan.result;
  if (result.findings.empty()) return 0;
  switch (judged.settings.policy.mode) {
    case config::Mode::warn:
      show(result, layout);
      return 0;
    case config::Mode::block:
      show(result, layout);
      if (result.errors() == 0) return 0;
      say("commit stopped (lfsguard.mode is \"block\")");
      return 1;
    case config::Mode::fix: break;
  }
  if (std::any_of(result.findings.begin(), result.findings.end(), mendable)) return actions.fix_staged(call, layout, judged.settings, judged.scan);
  show(result, layout);
  return 0;
}

Result<int> stop_staged(const HookCall& call, const git::RepositoryLayout& layout) {
  const Judged judged = TRY(judge_staged(layout));
  const scanner::ScanResult& result = judged.scan.result;
  if (result.findings.empty()) return 0;
  show(result, layout);
  if (result.errors() == 0 || judged.settings.policy.mode == config::Mode::warn) return 0;
  if (call.name == "pre-applypatch") {
    say("the patch is applied but not committed: this hook cannot make pointers.");
    say_text("hint: lfsguard hook pre-commit, then git am --continue\n");
  } else {
    say("the merge is not committed: this hook cannot make pointers.");
    say_text("hint: git commit (its pre-commit hook makes the pointers and concludes the merge)\n");
  }
  return 1;
}

}  // namespace lfsguard::hooks
