// `lfsguard lfs migrate import|export|info`: git-lfs's command line on the engine of `rewrite`, for hands that know it.
//
// Scope as there: the branch checked out (or those named), without commits that a remote has, and whatever other branch or tag names a commit that
// changes; --everything for all refs. Like everything here it
// can be undone with `lfsguard rewrite --undo`.
#include <algorithm>
#include <utility>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_migrate_table.h"
#include "cli/rewrite_install.h"
#include "cli/rewrite_one_commit.h"
#include "cli/rewrite_text.h"
#include "config/git_config.h"
#include "config/policy_sources.h"
#include "git/process/git_command.h"
#include "rewrite/maps.h"
#include "rewrite/run.h"

namespace lfsguard::cli {
namespace {

std::string top_of(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

std::vector<std::string> split_commas(const std::vector<std::string>& values) {
  std::vector<std::string> items;
  for (const std::string& value : values) {
    for (size_t begin = 0; begin <= value.size();) {
      const size_t end = std::min(value.find(',', begin), value.size());
      if (end > begin) items.push_back(value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return items;
}

Result<rewrite::RewriteOptions> migrate_options(const git::RepositoryLayout& layout, const Arguments& arguments) {
  rewrite::RewriteOptions options;
  options.above = TRY(arguments.size("--above"));
  options.include = split_commas(arguments.values("--include"));
  options.exclude = split_commas(arguments.values("--exclude"));
  options.fixup = arguments.has("--fixup");
  options.everything = arguments.has("--everything");
  options.refs = arguments.values("--include-ref");
  options.exclude_refs = arguments.values("--exclude-ref");
  for (const std::string& name : arguments.positional()) {
    if (name.starts_with('^')) options.exclude_refs.push_back(name.substr(1));
    else options.refs.push_back(name);
  }
  if (options.everything && !options.refs.empty()) return fail(ErrorKind::usage, "--everything does not go with names of refs", options.refs.front());
  if (options.everything) return options;
  options.tips_follow = true;
  if (options.refs.empty()) {
    const auto head = git::git_line(git::git_command({"symbolic-ref", "-q", "HEAD"}, top_of(layout)));
    if (!head) return fail(ErrorKind::usage, "HEAD is on no branch", "", "name the branches, or --everything");
    options.refs.push_back(*head);
  }
  if (options.exclude_refs.empty() && arguments.values("--include-ref").empty()) {
    const std::string listed = TRY(git::git_output(git::git_command({"for-each-ref", "--format=%(refname)", "refs/remotes/"}, top_of(layout))));
    for (const std::string_view line : git::split_lines(listed)) options.exclude_refs.emplace_back(line);
  }
  return options;
}

Result<int> carry_out(Context& context, const Arguments& arguments, const git::RepositoryLayout& layout, rewrite::RewriteOptions options) {
  const config::LoadedPolicy settings = TRY(context.policy());
  options.memory = settings.policy.rewrite_memory;
  const lfs::ObjectStore store = TRY(lfs::ObjectStore::of_repository(layout));
  rewrite::Rewrite run(layout, store, options, TRY(settings.git_config.get_bool("core.ignoreCase")).value_or(false), true, context.progress());
  rewrite::RewriteReport report = TRY(run.plan());
  if (!report.nothing_selected()) report = TRY(run.execute(surroundings_of_run(context, layout)));
  if (const auto file = arguments.value("--object-map")) {
    std::string map;
    if (!report.maps.empty()) map = TRY(read_file(report.maps + "/object-map.csv"));
    TRY(replace_file_durably(*file, map));
  }
  std::string text = result_text(report, options);
  text.pop_back();  // a note ends its own line
  context.note(text);
  return report.left_large.empty() ? 0 : 2;
}

Result<int> run_import(Context& context, const Arguments& arguments) {
  const git::RepositoryLayout& layout = *TRY(context.repository());
  if (arguments.has("--no-rewrite")) {
    config::PolicySources sources;
    sources.layout = &layout;
    const config::LoadedPolicy settings = TRY(config::load_policy_with_origins(sources));
    const std::vector<std::string> paths(arguments.positional().begin(), arguments.positional().end());
    return commit_into_lfs(context, layout, settings, {.paths = paths, .message = arguments.value("--message").value_or(""), .yes = true});
  }
  rewrite::RewriteOptions options = TRY(migrate_options(layout, arguments));
  if (options.fixup && (options.above || !options.include.empty() || !options.exclude.empty()))
    return fail(ErrorKind::usage, "--fixup does not go with --above, --include, --exclude here", "", "lfsguard rewrite combines them");
  if (!options.above && options.include.empty() && !options.fixup) options.include = {"*"};
  return carry_out(context, arguments, layout, options);
}

Result<int> run_export(Context& context, const Arguments& arguments) {
  const git::RepositoryLayout& layout = *TRY(context.repository());
  rewrite::RewriteOptions options = TRY(migrate_options(layout, arguments));
  options.direction = rewrite::Direction::to_files;
  if (options.include.empty()) return fail(ErrorKind::usage, "one or more files must be specified with --include", "");
  return carry_out(context, arguments, layout, options);
}

Result<std::vector<rewrite::Rewrite::Version>> versions_of(Context& context, const git::RepositoryLayout& layout, const rewrite::RewriteOptions& options) {
  const auto git_config = TRY(config::GitConfig::read(top_of(layout)));
  const lfs::ObjectStore store = TRY(lfs::ObjectStore::of_repository(layout));
  rewrite::Rewrite run(layout, store, options, TRY(git_config.get_bool("core.ignoreCase")).value_or(false), true, context.progress());
  return run.versions();
}

// Bytes and counts by extension, the largest first: what `import` would move.
Result<int> run_info(Context& context, const Arguments& arguments) {
  const git::RepositoryLayout& layout = *TRY(context.repository());
  rewrite::RewriteOptions options = TRY(migrate_options(layout, arguments));
  options.dry_run = true;
  const std::optional<uint64_t> above = std::exchange(options.above, std::nullopt);
  const auto top = TRY(arguments.number("--top"));
  const auto unit = TRY(unit_of(arguments.value("--unit").value_or("")));
  const std::string pointers = arguments.value("--pointers").value_or(options.fixup ? "ignore" : "follow");
  if (options.fixup && pointers != "ignore") return fail(ErrorKind::usage, "--fixup does not go with --pointers=" + pointers, "");
  if (options.include.empty() && !options.fixup) options.include = {"*"};
  options.control_files = !options.fixup;  // git-lfs counts them, too
  SizeTable table(above);
  for (const auto& version : TRY(versions_of(context, layout, options))) table.add(version.path, version.size);
  if (pointers != "ignore") {
    options.direction = rewrite::Direction::to_files;
    for (const auto& version : TRY(versions_of(context, layout, options))) {
      if (pointers == "follow") table.add_object(version.object_size);
      else table.add(version.path, version.size);
    }
  }
  context.print(table.text(top.value_or(5), unit));
  return 0;
}

constexpr Option kOptions[] = {
    {"--include", "GLOBS", "paths, separated by commas", 'I', Option::Times::repeated},
    {"--exclude", "GLOBS", "paths that stay, separated by commas", 'X', Option::Times::repeated},
    {"--include-ref", "REF", "look at this ref", 0, Option::Times::repeated},
    {"--exclude-ref", "REF", "commits that REF reaches stay as they are", 0, Option::Times::repeated},
    {"--everything", "", "all local refs"},
    {"--above", "SIZE", "files at or above SIZE"},
    {"--fixup", "", "what a commit's own attributes cover"},
    {"--object-map", "FILE", "old and new commit ids into FILE"},
    {"--top", "N", "info: so many rows (5)"},
    {"--unit", "UNIT", "info: sizes in b, kb, kib, mb, mib, gb, gib, tb, tib, pb or pib"},
    {"--pointers", "HOW", "info: pointers count as their objects, as files, or not at all", 0, Option::Times::once, "follow|no-follow|ignore"},
    {"--no-rewrite", "", "import: one new commit that moves the paths named into LFS"},
    {"--message", "TEXT", "with --no-rewrite: of that commit", 'm'},
    {"--skip-fetch", "", "accepted: nothing is fetched here"},
    {"--verbose", "", "accepted"},
    {"--yes", "", "accepted: a run can be undone", 'y'},
    {"--remote", "REMOTE", "export: accepted; objects must be in the store"},
};

constexpr Command kImport{.name = "import", .summary = "files into LFS, in all commits", .arguments = "[BRANCH... | FILE...]", .options = kOptions, .run = run_import};
constexpr Command kExport{.name = "export", .summary = "pointers back into files, in all commits", .arguments = "[BRANCH...]", .options = kOptions, .run = run_export};
constexpr Command kInfo{.name = "info", .summary = "which kinds of files take how much", .arguments = "[BRANCH...]", .options = kOptions, .run = run_info};
constexpr const Command* kCommands[] = {&kImport, &kExport, &kInfo};

}  // namespace

extern constinit const Command kLfsMigrateCommand{
    .name = "migrate",
    .summary = "rewrite history with git-lfs's flags (see also: lfsguard rewrite)",
    .commands = kCommands,
};

}  // namespace lfsguard::cli
