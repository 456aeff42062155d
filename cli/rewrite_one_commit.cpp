#include "cli/rewrite_one_commit.h"

#include "cli/rewrite_install.h"
#include "git/process/git_command.h"
#include "git/process/index_file.h"
#include "git/repository/object_writer.h"
#include "hooks/staged_fix.h"
#include "rewrite/preflight.h"
#include "rewrite/selection.h"
#include "scanner/pathspec.h"

namespace lfsguard::cli {

Result<int> commit_into_lfs(Context& context, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const std::vector<std::string>& words,
                            std::string message) {
  if (layout.bare || layout.work_tree.empty()) return fail(ErrorKind::usage, "--no-rewrite makes a commit, and a bare repository has no work tree to make it from", layout.git_dir);
  if (words.empty()) return fail(ErrorKind::usage, "--no-rewrite needs the paths that move into LFS", "");
  TRY(rewrite::check_work_trees(layout, {layout.work_tree}, {}));
  const std::string prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  const scanner::Pathspec wanted = TRY(scanner::Pathspec::parse(words, prefix));
  const git::IndexFile index(layout, false);
  scanner::StagedScan scan;
  scan.result.source = scanner::Source::staged;
  scan.result.ref_groups.emplace_back();
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  git::ObjectReader reader(*database);
  const rewrite::RewriteOptions defaults;
  rewrite::BlobKinds kinds(reader, defaults);
  std::vector<std::string> paths;
  for (const git::IndexEntry& entry : TRY(index.entries({}))) {
    if (!wanted.matches(entry.path) || !rewrite::is_regular(entry.mode) || rewrite::is_control_file(entry.path)) continue;
    const rewrite::BlobKinds::Kind kind = TRY(kinds.kind(entry.oid));
    if (!kind.convertible) continue;
    scan.entries.push_back({entry.mode, entry.oid, entry.path});
    scanner::Finding finding;
    finding.path = entry.path;
    finding.blob = entry.oid;
    finding.size = kind.size;
    scan.result.findings.push_back(std::move(finding));
    paths.push_back(entry.path);
  }
  if (paths.empty()) {
    context.print("Nothing to move: no such file, or they are pointers already.\n");
    return 0;
  }
  const std::vector<bool> covered = TRY(index.covered(paths));
  for (size_t i = 0; i < paths.size(); ++i)
    if (covered[i]) scan.result.findings[i].rule = config::Rule::raw_in_lfs;
  git::ObjectWriter writer = TRY(git::ObjectWriter::open(layout.object_dir));
  if (const int code = TRY(hooks::fix_staged(layout, settings, scan, Context::program_path(), [&](std::string_view content) { return writer.write_blob(content); })); code != 0) return code;
  if (message.empty()) message = paths.size() == 1 ? "Move " + paths[0] + " into Git LFS" : "Move " + std::to_string(paths.size()) + " files into Git LFS";
  TRY(git::git_output(git::git_command({"commit", "-q", "-m", message}, layout.work_tree)));
  TRY(install_where_missing(context, layout, ""));
  context.print("Committed: " + message + "\n");
  return 0;
}

}  // namespace lfsguard::cli
