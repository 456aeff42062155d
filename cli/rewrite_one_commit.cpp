#include "cli/rewrite_one_commit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <set>

#include "base/byte_size.h"
#include "base/durable_file.h"
#include "cli/consent.h"
#include "cli/rewrite_install.h"
#include "git/process/git_command.h"
#include "git/process/index_file.h"
#include "git/repository/object_writer.h"
#include "hooks/staged_fix.h"
#include "report/terminal.h"
#include "rewrite/maps.h"
#include "rewrite/preflight.h"
#include "rewrite/selection.h"
#include "scanner/control_file.h"
#include "scanner/pathspec.h"

namespace lfsguard::cli {
namespace {

// What HEAD holds at the paths asked for, as findings for the fix that pre-commit makes.
struct Moves {
  scanner::StagedScan scan;
  std::vector<std::string> paths;
  rewrite::RewriteReport report;
};

Result<Moves> moves_of(const git::RepositoryLayout& layout, const std::vector<std::string>& words) {
  const std::string prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  const scanner::Pathspec wanted = TRY(scanner::Pathspec::parse(words, prefix, layout.work_tree));
  std::vector<scanner::Pathspec> each;
  for (const std::string& word : words) each.push_back(TRY(scanner::Pathspec::parse({word}, prefix, layout.work_tree)));
  std::vector<bool> matched(words.size());
  const git::IndexFile index(layout, false);
  Moves moves;
  moves.scan.result.source = scanner::Source::staged;
  moves.scan.result.ref_groups.emplace_back();
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  git::ObjectReader reader(*database);
  const rewrite::RewriteOptions defaults;
  rewrite::BlobKinds kinds(reader, defaults);
  std::set<ObjectId> blobs;
  for (const git::IndexEntry& entry : TRY(index.entries({}))) {
    for (size_t i = 0; i < each.size(); ++i)
      if (!matched[i]) matched[i] = each[i].matches(entry.path);
    if (!wanted.matches(entry.path) || !rewrite::is_regular(entry.mode) || scanner::is_control_file(entry.path)) continue;
    const rewrite::BlobKinds::Kind kind = TRY(kinds.kind(entry.oid));
    if (!kind.convertible) continue;
    moves.scan.entries.push_back({entry.mode, entry.oid, entry.path});
    scanner::Finding finding;
    finding.path = entry.path;
    finding.blob = entry.oid;
    finding.size = kind.size;
    moves.scan.result.findings.push_back(std::move(finding));
    moves.paths.push_back(entry.path);
    moves.report.files.push_back({entry.path, 1, kind.size, 1, kind.size});
    if (!blobs.insert(entry.oid).second) continue;
    moves.report.blobs += 1;
    moves.report.bytes += kind.size;
  }
  for (size_t i = 0; i < words.size(); ++i)
    if (!matched[i]) return fail(ErrorKind::not_found, "no tracked file is there", words[i], "git ls-files lists them");
  return moves;
}

// The attributes files that the fix may write: of the root and of each folder on the way to a path. nullopt: no such file.
class AttributesFiles {
 public:
  static Result<AttributesFiles> remember(const std::string& work_tree, const std::vector<std::string>& paths) {
    AttributesFiles files;
    for (const std::string& path : paths) {
      for (size_t end = 0; end != std::string::npos; end = path.find('/', end + 1)) {
        const std::string file = work_tree + "/" + (end == 0 ? "" : path.substr(0, end) + "/") + ".gitattributes";
        if (files.bytes_.contains(file)) continue;
        std::optional<std::string> bytes;
        if (::access(file.c_str(), F_OK) == 0) bytes = TRY(read_file(file));
        files.bytes_.emplace(file, std::move(bytes));
      }
    }
    return files;
  }
  Status put_back() const {
    for (const auto& [file, bytes] : bytes_) {
      if (!bytes) {
        ::unlink(file.c_str());
      } else if (TRY(read_file(file)) != *bytes) {
        TRY(replace_file_durably(file, *bytes));
      }
    }
    return {};
  }

 private:
  std::map<std::string, std::optional<std::string>> bytes_;  // by file
};

// The branch that HEAD names, or HEAD itself.
Result<std::string> ref_of_head(const git::RepositoryLayout& layout) {
  const Completed name = TRY(run(git::git_command({"symbolic-ref", "-q", "HEAD"}, layout.work_tree)));
  return name.status == 0 ? name.output.substr(0, name.output.find('\n')) : std::string("HEAD");
}

Result<ObjectId> head_of(const git::RepositoryLayout& layout) {
  const std::string hex = TRY(git::git_line(git::git_command({"rev-parse", "--verify", "HEAD^{commit}"}, layout.work_tree)));
  if (const auto oid = ObjectId::from_hex(hex)) return *oid;
  return fail(ErrorKind::corrupt, "git named no commit", hex);
}

std::string plan_of(const Moves& moves, const std::string& ref) {
  std::string text = "These files become LFS pointers, in one new commit:\n";
  for (const rewrite::PlannedFile& file : moves.report.files)
    text += fmt::format("  {}   {}\n", report::printable(file.path), format_byte_size(file.bytes));
  return text + "Ref that moves: " + report::printable(ref) + "\n";
}

// Fix and commit; the exit code of the fix.
Result<int> make_commit(const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const scanner::StagedScan& scan, const std::string& message) {
  git::ObjectWriter writer = TRY(git::ObjectWriter::open(layout.object_dir));
  const int code = TRY(hooks::fix_staged(layout, settings, scan, Context::program_path(), [&](std::string_view content) { return writer.write_blob(content); }));
  if (code == 0) TRY(git::git_output(git::git_command({"commit", "-q", "-m", message}, layout.work_tree)));
  return code;
}

}  // namespace

Result<int> commit_into_lfs(Context& context, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const OneCommit& wish) {
  if (layout.bare || layout.work_tree.empty()) return fail(ErrorKind::usage, "--no-rewrite makes a commit, and a bare repository has no work tree to make it from", layout.git_dir);
  if (wish.paths.empty()) return fail(ErrorKind::usage, "--no-rewrite needs the paths that move into LFS", "");
  TRY(rewrite::check_work_trees(layout, {layout.work_tree}, {}));
  Moves moves = TRY(moves_of(layout, wish.paths));
  moves.report.dry_run = wish.dry_run;
  if (moves.paths.empty()) {
    context.print(context.json() ? rewrite::report_json(moves.report) : "Nothing to move: they are pointers already, empty, or files that LFS must not hold.\n");
    return 0;
  }
  const std::vector<bool> covered = TRY(git::IndexFile(layout, false).covered(moves.paths));
  bool needs_pattern = false;
  for (size_t i = 0; i < moves.paths.size(); ++i) {
    if (covered[i]) moves.scan.result.findings[i].rule = config::Rule::raw_in_lfs;
    needs_pattern |= !covered[i];
  }
  if (needs_pattern) TRY(rewrite::check_work_trees(layout, {layout.work_tree}, {{".gitattributes"}}));
  const std::string ref = TRY(ref_of_head(layout));
  const ObjectId before = TRY(head_of(layout));
  moves.report.refs.push_back({ref, before, {}});
  if (wish.dry_run) {
    context.print(context.json() ? rewrite::report_json(moves.report) : plan_of(moves, ref));
    return 0;
  }
  if (!wish.yes) TRY(ask_for_leave(plan_of(moves, ref), "Make this commit? [y/N] "));

  const AttributesFiles attributes = TRY(AttributesFiles::remember(layout.work_tree, moves.paths));
  const size_t count = moves.paths.size();
  const std::string message = !wish.message.empty() ? wish.message : count == 1 ? "Move " + moves.paths[0] + " into Git LFS" : fmt::format("Move {} files into Git LFS", count);
  auto code = make_commit(layout, settings, moves.scan, message);
  if (!code || *code != 0) {
    TRY(attributes.put_back());
    TRY(git::git_output(git::git_command({"reset", "-q", "HEAD", "--", ":/"}, layout.work_tree)));
    if (!code) return fail(std::move(code).error());
    return *code;
  }
  TRY(install_where_missing(context, layout));
  moves.report.refs.back().new_oid = TRY(head_of(layout));
  context.print(context.json() ? rewrite::report_json(moves.report) : "Committed: " + message + "\n");
  return 0;
}

}  // namespace lfsguard::cli
