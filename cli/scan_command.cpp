// `lfsguard scan`: what is too large, where, since when, and the command that mends it.
#include <algorithm>

#include "cli/command.h"
#include "cli/context.h"
#include "config/policy_sources.h"
#include "git/process/git_command.h"
#include "report/scan_report.h"
#include "scanner/history_scan.h"
#include "scanner/pathspec.h"
#include "scanner/staged_scan.h"

namespace lfsguard::cli {
namespace {

// The settings that hold, .lfsguard.toml taken from where the flags say.
Result<config::LoadedPolicy> policy_for(const git::RepositoryLayout& layout, const Arguments& arguments) {
  config::PolicySources sources;
  sources.layout = &layout;
  sources.above = TRY(arguments.size("--above"));
  sources.profile = arguments.value("--profile");
  if (const auto commit = arguments.value("--policy-from")) {
    const std::string name = *commit + ":.lfsguard.toml";
    const std::string top = layout.work_tree.empty() ? layout.git_dir : layout.work_tree;
    const Completed exists = TRY(run(git::git_command({"rev-parse", "-q", "--verify", "--end-of-options", *commit + "^{commit}"}, top)));
    if (exists.status != 0) return fail(ErrorKind::usage, "--policy-from names no commit", *commit, "see: git log --oneline --all");
    const Completed blob = TRY(run(git::git_command({"cat-file", "blob", name}, top)));
    sources.repository_file = blob.status == 0 ? config::PolicySources::RepositoryFile::bytes : config::PolicySources::RepositoryFile::none;
    sources.repository_file_name = name;
    sources.repository_file_bytes = blob.output;
  } else if (arguments.has("--staged")) {
    const std::string top = layout.work_tree.empty() ? layout.git_dir : layout.work_tree;
    const Completed blob = TRY(run(git::git_command({"cat-file", "blob", ":.lfsguard.toml"}, top)));
    if (blob.status == 0) {
      sources.repository_file = config::PolicySources::RepositoryFile::bytes;
      sources.repository_file_name = ".lfsguard.toml (staged)";
      sources.repository_file_bytes = blob.output;
    }
  }
  return config::load_policy_with_origins(sources);
}

Result<scanner::Pathspec> pathspec_of(const git::RepositoryLayout& layout, const Arguments& arguments) {
  if (arguments.positional().empty()) return scanner::Pathspec();
  std::string prefix;
  if (!layout.work_tree.empty()) prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  return scanner::Pathspec::parse(arguments.positional(), prefix, layout.work_tree);
}

// Whether this is a partial clone that may lack trees, by the filter that it was made with.
bool leaves_trees_out(const config::GitConfig& git_config) {
  return std::ranges::any_of(git_config.entries(), [](const config::GitConfig::Entry& entry) {
    return entry.key.starts_with("remote.") && entry.key.ends_with(".partialclonefilter") &&
           (entry.value.find("tree:") != std::string::npos || entry.value.find("object:type=") != std::string::npos);
  });
}

Result<int> run_scan(Context& context, const Arguments& arguments) {
  const bool staged = arguments.has("--staged"), work_tree = arguments.has("--worktree"), range = arguments.has("--range");
  if (staged + work_tree + range + arguments.has("--history") > 1) {
    return fail(ErrorKind::usage, "only one source can be asked for", "scan", "choose one of --staged, --worktree, --range and --history");
  }
  if (arguments.has("--ref") && (staged || work_tree || range)) return fail(ErrorKind::usage, "--ref goes with --history alone", arguments.values("--ref").front());
  if (arguments.before_dashes() > 0) return fail(ErrorKind::usage, "unexpected word", arguments.positional()[0], "paths stand behind --, a range behind --range");
  const auto top = TRY(arguments.number("--top"));
  const git::RepositoryLayout& layout = *TRY(context.repository());
  const config::LoadedPolicy loaded = TRY(policy_for(layout, arguments));
  for (const std::string& warning : loaded.policy.warnings) context.warn(warning);
  const bool ignore_case = TRY(loaded.git_config.get_bool("core.ignoreCase")).value_or(false);
  const scanner::PathPolicy policy(loaded.policy, ignore_case, scanner::today_utc());
  const scanner::Pathspec pathspec = TRY(pathspec_of(layout, arguments));
  const bool strict = arguments.has("--strict");
  const lfs::ObjectStore store = lfs::ObjectStore::at(layout, loaded.git_config.get("lfs.storage").value_or(""));

  scanner::ScanResult result;
  if (staged) {
    result = TRY(scanner::scan_staged(layout, policy, strict, &store, loaded.git_config, TRY(git::staged_changes(layout)))).result;
  } else if (work_tree) {
    result = TRY(scanner::scan_work_tree(layout, policy, context.progress()));
  } else {
    scanner::HistoryScanOptions options;
    options.refs = arguments.values("--ref");
    options.range = arguments.value("--range").value_or("");
    if (range && options.range.empty()) return fail(ErrorKind::usage, "--range needs a range", "", "write A..B");
    options.strict = strict;
    options.cache = !arguments.has("--no-cache");
    options.ignore_case = ignore_case;
    options.trees_left_out = leaves_trees_out(loaded.git_config);
    options.store = &store;
    result = TRY(scanner::scan_history(layout, policy, options, context.progress()));
  }
  if (!pathspec.empty()) {
    const auto outside = [&](const scanner::Finding& finding) { return !pathspec.matches(finding.path); };
    std::erase_if(result.findings, outside);
    std::erase_if(result.allowed, outside);
  }

  report::ScanReportOptions options;
  options.color = context.color();
  options.run_from = git::top_to_go_to(layout);
  if (top) options.top = *top;
  const std::string& format = context.format();
  if (format == "json") context.print(report::scan_json(result, options));
  else if (format == "sarif") context.print(report::scan_sarif(result, options));
  else if (format == "github") context.print(report::scan_github(result, options));
  else if (format == "html") context.print(report::scan_html(result, options));
  else context.print(report::scan_text(result, options));
  for (const std::string& line : report::incomplete_lines(result)) context.complain_line("lfsguard: " + line);
  if (!result.incomplete.empty()) context.note("hint: git fetch --refetch --filter=blob:none   # in a partial clone; else see: git fsck --full");
  return result.exit_code();
}

constexpr Option kOptions[] = {
    {"--staged", "", "what is staged for the next commit"},
    {"--worktree", "", "what `git add -A` would stage"},
    {"--range", "A..B", "the commits that B reaches and A does not; an empty side is HEAD"},
    {"--history", "", "everything that any ref or work tree's HEAD reaches (the default)"},
    {"--ref", "REF", "history of these refs only", 0, Option::Times::list},
    {"--above", "SIZE", "report plain files at or above SIZE, whatever the policy says"},
    {"--top", "N", "show the N largest findings (the summary counts all)"},
    {"--profile", "NAME", "hold files against this host's rules"},
    {"--strict", "", "every rule on every path of every commit"},
    {"--policy-from", "COMMIT", "take .lfsguard.toml from this commit"},
    {"--no-cache", "", "neither read nor write the scan cache"},
};

}  // namespace

extern constinit const Command kScanCommand{
    .name = "scan",
    .summary = "find files that are too large for plain git",
    .arguments = "[-- PATHSPEC...]",
    .options = kOptions,
    .details = "Exit code 0: nothing that must not be pushed; 1: findings of severity error; 2: something could not be looked at (it is named).",
    .formats = "text|json|sarif|github|html",
    .run = run_scan,
};

}  // namespace lfsguard::cli
