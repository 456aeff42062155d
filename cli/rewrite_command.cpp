// `lfsguard rewrite`: the repair of a history that holds large files.
#include "cli/command.h"
#include "cli/consent.h"
#include "cli/context.h"
#include "cli/rewrite_install.h"
#include "cli/rewrite_one_commit.h"
#include "cli/rewrite_push.h"
#include "cli/rewrite_text.h"
#include "config/policy_sources.h"
#include "rewrite/maps.h"
#include "rewrite/run.h"
#include "rewrite/undo.h"

namespace lfsguard::cli {
namespace {

Result<int> run_undo(Context& context, const Arguments& arguments, const git::RepositoryLayout& layout) {
  const std::string run = arguments.value("--undo").value_or("");
  const rewrite::Undone undone = TRY(rewrite::undo(layout, run, arguments.has("--force"), surroundings_of_run(context, layout)));
  for (const std::string& name : undone.kept) context.note("kept what was newer: " + name);
  context.print(context.json() ? undone_json(undone) : undone_text(undone));
  return 0;
}

Result<int> run_forget(Context& context, const Arguments& arguments, const git::RepositoryLayout& layout) {
  const auto runs = TRY(rewrite::forget(layout, arguments.value("--forget").value_or("")));
  context.print(context.json() ? forgotten_json(runs) : forgotten_text(runs));
  if (!runs.empty()) context.note("the old objects stay on disk until reflogs expire and git gc removes them: git reflog expire --expire=now --all && git gc --prune=now");
  return 0;
}

Result<int> run_list(Context& context, const git::RepositoryLayout& layout) {
  const auto runs = TRY(rewrite::list_runs(layout));
  context.print(context.json() ? runs_json(runs) : runs_text(runs));
  return 0;
}

// What the command is asked to do besides rewriting: one of these at most, each with few flags of its own.
Status check_mode(const Arguments& arguments) {
  static constexpr const char* kModes[] = {"--undo", "--forget", "--runs", "--export", "--no-rewrite"};
  std::string mode;
  for (const char* name : kModes) {
    if (!arguments.has(name)) continue;
    if (!mode.empty()) return fail(ErrorKind::usage, "only one of these can be asked for", mode + " " + name);
    mode = name;
  }
  if (!arguments.positional().empty()) return fail(ErrorKind::usage, "unexpected word", arguments.positional()[0], "paths stand behind --include, or behind --no-rewrite");
  if (arguments.has("--force") && mode != "--undo") return fail(ErrorKind::usage, "--force goes with --undo alone", "");
  if (mode.empty() || mode == "--export") return {};
  static constexpr const char* kOfRewriting[] = {"--above", "--include", "--exclude", "--fixup", "--only-large-versions", "--ref", "--exclude-ref", "--everything", "--push",
                                                 "--attributes", "--replace-attributes-symlink", "--signatures", "--message-hashes"};
  for (const char* name : kOfRewriting)
    if (arguments.has(name)) return fail(ErrorKind::usage, "this flag does not go with " + mode, name);
  if (mode != "--no-rewrite" && arguments.has("--dry-run")) return fail(ErrorKind::usage, "this flag does not go with " + mode, "--dry-run", "--runs shows what could be undone");
  return {};
}

Result<rewrite::RewriteOptions> options_of(const Arguments& arguments, const config::Policy& policy) {
  rewrite::RewriteOptions options;
  options.above = TRY(arguments.size("--above"));
  options.include = arguments.values("--include");
  options.exclude = arguments.values("--exclude");
  options.fixup = arguments.has("--fixup");
  options.only_large_versions = arguments.has("--only-large-versions");
  options.refs = arguments.values("--ref");
  options.exclude_refs = arguments.values("--exclude-ref");
  options.everything = arguments.has("--everything");
  options.replace_attributes_symlink = arguments.has("--replace-attributes-symlink");
  options.dry_run = arguments.has("--dry-run");
  options.memory = policy.rewrite_memory;
  if (arguments.value("--attributes") == "nested") options.attributes = rewrite::AttributesPlacement::nested;
  const std::string signatures = arguments.value("--signatures").value_or("strip");
  options.signatures = signatures == "keep" ? rewrite::Signatures::keep : signatures == "abort" ? rewrite::Signatures::abort : rewrite::Signatures::strip;
  if (arguments.value("--message-hashes") == "rewrite") options.message_hashes = rewrite::MessageHashesMode::rewrite;
  if (arguments.has("--export")) {
    options.direction = rewrite::Direction::to_files;
    if (options.include.empty()) options.include = {"*"};
    if (options.above) return fail(ErrorKind::usage, "--above does not go with --export", "");
  } else if (!options.above && options.include.empty() && !options.fixup) {
    options.above = policy.threshold;
  }
  if (options.only_large_versions && !options.above) return fail(ErrorKind::usage, "--only-large-versions needs --above", "");
  return options;
}

Result<int> run_rewrite(Context& context, const Arguments& arguments) {
  TRY(check_mode(arguments));
  const git::RepositoryLayout& layout = *TRY(context.repository());
  if (arguments.has("--undo")) return run_undo(context, arguments, layout);
  if (arguments.has("--forget")) return run_forget(context, arguments, layout);
  if (arguments.has("--runs")) return run_list(context, layout);

  config::PolicySources sources;
  sources.layout = &layout;
  const config::LoadedPolicy settings = TRY(config::load_policy_with_origins(sources));
  for (const std::string& warning : settings.policy.warnings) context.warn(warning);
  if (arguments.has("--no-rewrite")) {
    return commit_into_lfs(context, layout, settings,
                           {.paths = arguments.values("--no-rewrite"), .message = "", .dry_run = arguments.has("--dry-run"), .yes = arguments.has("--yes")});
  }
  const rewrite::RewriteOptions options = TRY(options_of(arguments, settings.policy));
  const bool ignore_case = TRY(settings.git_config.get_bool("core.ignoreCase")).value_or(false);
  const lfs::ObjectStore store = TRY(lfs::ObjectStore::of_repository(layout));
  const std::string push_remote = arguments.value("--push").value_or("");

  rewrite::Rewrite rewrite(layout, store, options, ignore_case, !arguments.has("--no-cache"), context.progress());
  rewrite::RewriteReport report = TRY(rewrite.plan());
  const int left = report.left_large.empty() ? 0 : 2;
  if (options.dry_run || report.nothing_selected()) {
    context.print(context.json() ? rewrite::report_json(report) : plan_text(report, options));
    return left;
  }
  if (!arguments.has("--yes")) TRY(ask_for_leave(plan_text(report, options), "Rewrite this history? [y/N] "));
  if (!push_remote.empty()) TRY(check_remote(layout, push_remote, report.refs));
  report = TRY(rewrite.execute(surroundings_of_run(context, layout)));
  context.print(context.json() ? rewrite::report_json(report) : result_text(report, options));
  const std::string remote = push_remote.empty() ? "origin" : push_remote;
  if (!push_remote.empty()) {
    TRY(context.flush());
    if (const int code = TRY(push_rewritten(context, layout, push_remote, report.refs)); code != 0) return code;
  }
  if (!context.json() && !settings.git_config.remotes().empty()) context.note(collaborator_text(report, remote));
  return left;
}

constexpr Option kOptions[] = {
    {"--above", "SIZE", "paths any of whose versions has SIZE or more, in all their versions"},
    {"--include", "GLOB", "only paths that match; without --above of any size", 0, Option::Times::list},
    {"--exclude", "GLOB", "paths that stay as they are", 0, Option::Times::list},
    {"--fixup", "", "whatever a commit's own attributes cover"},
    {"--only-large-versions", "", "of a path only the versions at or above SIZE"},
    {"--ref", "REF", "rewrite these branches and tags only", 0, Option::Times::list},
    {"--exclude-ref", "REF", "commits that REF reaches stay as they are", 0, Option::Times::list},
    {"--everything", "", "look for files in custom refs, too"},
    {"--dry-run", "", "show the plan, write nothing"},
    {"--yes", "", "do not ask", 'y'},
    {"--push", "REMOTE", "then push: objects first, checked, and all refs or none"},
    {"--attributes", "WHERE", "which .gitattributes gets the lines", 0, Option::Times::once, "root|nested"},
    {"--replace-attributes-symlink", "", "put its content in place of a .gitattributes that is a symbolic link"},
    {"--signatures", "WHAT", "what becomes of signatures over what changes", 0, Option::Times::once, "strip|keep|abort"},
    {"--message-hashes", "WHAT", "hashes of rewritten commits in messages", 0, Option::Times::once, "keep|rewrite"},
    {"--undo", "[RUN]", "put back what a run changed (the last one when RUN is left out)"},
    {"--force", "", "with --undo: also where refs have moved since; what was newer is kept as backup refs"},
    {"--forget", "[RUN]", "drop the way back (of all runs when RUN is left out)"},
    {"--runs", "", "list the runs"},
    {"--export", "", "the other way: pointers (without --include: all) become files again"},
    {"--no-rewrite", "PATH", "no history: one new commit that moves these paths into LFS", 0, Option::Times::list},
    {"--no-cache", "", "neither read nor write the scan cache"},
};

}  // namespace

extern constinit const Command kRewriteCommand{
    .name = "rewrite",
    .summary = "move past large files into LFS; can be undone",
    .options = kOptions,
    .details =
        "With no selection: every path with a version at or above the policy's threshold. Branches, tags and HEADs are looked at; stash, notes and "
        "custom refs follow. Without a terminal it writes only with --yes. Exit code 2: something that was asked for stays large; it is named.",
    .formats = "text|json",
    .run = run_rewrite,
};

}  // namespace lfsguard::cli
