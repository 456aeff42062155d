#include "scanner/staged_scan.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/file_descriptor.h"
#include "git/objects/commit.h"
#include "git/process/git_command.h"
#include "scanner/attribute_trouble.h"
#include "scanner/blob_facts.h"
#include "scanner/entry_judge.h"
#include "scanner/growth.h"
#include "scanner/index_attributes.h"
#include "scanner/remedy.h"

namespace lfsguard::scanner {
namespace {

using Clock = std::chrono::steady_clock;

void add_finding(Finding finding, bool symlink, const PathPolicy& policy, ScanResult& result) {
  explain(finding, symlink, policy, result.source);
  if (const config::Allowance* allowance = policy.allowance(finding.path, finding.blob)) {
    finding.reason = allowance->reason;
    result.allowed.push_back(std::move(finding));
  } else {
    result.findings.push_back(std::move(finding));
  }
}

void add_violations(const git::StagedEntry& entry, const std::vector<Violation>& violations, const PathPolicy& policy, ScanResult& result) {
  for (const Violation& violation : violations) {
    Finding finding;
    finding.rule = violation.rule;
    finding.severity = violation.severity;
    finding.path = entry.path;
    finding.blob = entry.blob_oid;
    finding.size = violation.size;
    finding.limit = violation.limit;
    add_finding(std::move(finding), entry.is_symlink(), policy, result);
  }
}

// The trees that the next commit is compared with, read only where something is over its limit and growth is allowed.
class ParentTrees {
 public:
  ParentTrees(const git::RepositoryLayout& layout, git::ObjectReader& reader) : layout_(layout), reader_(reader) {}
  Result<std::span<const ObjectId>> get() {
    if (!known_) {
      known_.emplace();
      for (const ObjectId& parent : TRY(git::parents_to_be(layout_))) {
        const auto object = reader_.read(parent);
        const auto commit = object ? git::parse_commit(object->view()) : std::nullopt;
        if (commit) known_->push_back(commit->tree_oid);
      }
    }
    return std::span<const ObjectId>(*known_);
  }

 private:
  const git::RepositoryLayout& layout_;
  git::ObjectReader& reader_;
  std::optional<std::vector<ObjectId>> known_;
};

// By our own look at the index's attributes; by git's where that cannot tell.
Result<std::vector<bool>> covered_in_index(const git::RepositoryLayout& layout, std::optional<IndexAttributes>& index, const std::vector<std::string>& paths) {
  std::vector<bool> covered(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto answer = index ? index->covers(paths[i]) : std::nullopt;
    if (!answer) return git::covered_by_attributes(layout, paths, true);
    covered[i] = *answer;
  }
  return covered;
}

void add_attribute_finding(const std::string& path, std::string message, std::string remedy, const PathPolicy& policy, ScanResult& result) {
  const config::Severity severity = policy.policy().severity(config::Rule::attributes_ignored);
  if (severity == config::Severity::off) return;
  Finding finding;
  finding.rule = config::Rule::attributes_ignored;
  finding.severity = severity;
  finding.path = path;
  finding.message = std::move(message);
  finding.remedy = std::move(remedy);
  add_finding(std::move(finding), false, policy, result);
}

// Attributes that say nothing to git: ignored files, lines that match no file, lines that are not staged while they would cover what is.
Status judge_attributes(const git::RepositoryLayout& layout, git::ObjectReader& reader, IndexAttributes* index,
                        const std::vector<git::StagedEntry>& entries, const std::vector<bool>& covered, const PathPolicy& policy, ScanResult& result) {
  for (const git::StagedEntry& entry : entries) {
    if (!is_attributes_file(entry.path) || entry.is_symlink()) continue;
    const auto object = reader.read(entry.blob_oid);
    if (!object) continue;
    if (auto trouble = attribute_trouble(object->view())) add_attribute_finding(entry.path, std::move(*trouble), "", policy, result);
  }
  // Only attributes files on the way to what is staged count, and mostly there is none: no process is started then.
  if (layout.work_tree.empty()) return {};
  std::set<std::string> directories;
  for (const git::StagedEntry& entry : entries) {
    for (size_t end = 0; end != std::string::npos; end = entry.path.find('/', end + 1)) {
      directories.insert(entry.path.substr(0, end));
    }
  }
  std::vector<std::string> arguments = {"ls-files", "-z", "-m", "-o", "--"};
  for (const std::string& directory : directories) {
    const std::string path = directory.empty() ? ".gitattributes" : directory + "/.gitattributes";
    const auto here = read_file(layout.work_tree + "/" + path);
    if (!here && here.error().kind == ErrorKind::not_found) continue;
    const auto in_index = index ? index->file(directory) : std::nullopt;
    if (here && in_index && *in_index && **in_index == *here) continue;
    arguments.push_back(":(literal)" + path);
  }
  if (arguments.size() == 5) return {};
  const std::string unstaged = TRY(git::git_output(git::git_command(std::move(arguments), layout.work_tree)));
  if (unstaged.empty()) return {};
  Command check = git::git_command({"check-ignore", "-z", "--stdin"}, layout.work_tree);
  check.input = unstaged;
  const Completed ignored = TRY(run(check));
  for (const std::string_view path : git::split_nul(ignored.output)) {
    add_attribute_finding(std::string(path), "An ignore rule hits this file, so it is not committed and does not reach anyone else.",
                          "git add -f -- " + shell_word(path), policy, result);
  }
  std::string stage_them = ignored.output.empty() ? "git add --" : "git add -f --";
  for (const std::string_view path : git::split_nul(unstaged)) stage_them += " " + shell_word(path);
  std::vector<std::string> open;
  for (size_t i = 0; i < entries.size(); ++i)
    if (!covered[i] && !entries[i].is_symlink()) open.push_back(entries[i].path);
  const std::vector<bool> in_work_tree = TRY(git::covered_by_attributes(layout, open, false));
  for (size_t i = 0; i < open.size(); ++i)
    if (in_work_tree[i])
      add_attribute_finding(open[i], "A pattern in the work tree's .gitattributes covers this file, but is not staged.", stage_them, policy, result);
  return {};
}

// Directories that what is staged brings over the host's limit. HEAD's count and what is staged decide whether git is asked for the index's own.
Status judge_directories(const git::RepositoryLayout& layout, IndexAttributes* index, const std::vector<git::StagedEntry>& entries,
                         const PathPolicy& policy, ScanResult& result) {
  const uint64_t most = policy.directory_entries_max();
  const config::Severity severity = policy.policy().severity(config::Rule::too_many_entries);
  if (most == 0 || severity == config::Severity::off) return {};
  std::map<std::string, std::set<std::string_view>> staged;
  for (const git::StagedEntry& entry : entries) {
    const std::string_view path = entry.path;
    for (size_t begin = 0; begin != std::string_view::npos;) {
      const size_t end = path.find('/', begin);
      staged[begin == 0 ? "" : std::string(path.substr(0, begin - 1))].insert(path.substr(begin, end == std::string_view::npos ? end : end - begin));
      begin = end == std::string_view::npos ? end : end + 1;
    }
  }
  for (const auto& [directory, names] : staged) {
    const size_t before = index ? index->entries_in_head(directory) : 0;
    if (before + names.size() <= most && (index || names.size() * 2 <= most)) continue;
    std::vector<std::string> words = {"ls-files", "-z", "--cached"};
    if (!directory.empty()) words.insert(words.end(), {"--", ":(literal)" + directory + "/"});
    const std::string listed = TRY(git::git_output(git::git_command(std::move(words), layout.work_tree)));
    std::set<std::string_view> inside;
    const size_t skip = directory.empty() ? 0 : directory.size() + 1;
    for (const std::string_view path : git::split_nul(listed))
      if (path.size() > skip) inside.insert(path.substr(skip, path.find('/', skip) - skip));
    if (inside.size() <= most || inside.size() <= before) continue;
    Finding finding;
    finding.rule = config::Rule::too_many_entries;
    finding.severity = severity;
    finding.path = directory.empty() ? "/" : directory;
    finding.size = inside.size();
    finding.limit = most;
    add_finding(std::move(finding), false, policy, result);
  }
  return {};
}

}  // namespace

Result<StagedScan> scan_staged(const git::RepositoryLayout& layout, const PathPolicy& policy, bool all_rules, const lfs::ObjectStore* store,
                               const config::GitConfig& git_config, git::StagedChanges changes) {
  const auto started = Clock::now();
  StagedScan scan;
  scan.result.source = Source::staged;
  scan.result.threshold = policy.policy().threshold;
  scan.result.ref_groups.emplace_back();
  scan.entries = std::move(changes.entries);
  scan.result.scanned.objects = scan.result.scanned.blobs = scan.entries.size();
  if (scan.entries.empty()) {
    scan.result.scanned.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return scan;
  }
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  git::ObjectReader reader(*database);
  BlobOracle blobs(reader, nullptr, policy.lowest_limit(true), all_rules);
  EntryJudge judge(policy, blobs, {all_rules, false, store});

  // Attributes are asked for what is left after sizes: with all rules everything, else only what is large.
  std::vector<size_t> asked;
  std::vector<std::string> paths;
  std::vector<BlobFacts> facts(scan.entries.size());
  for (size_t i = 0; i < scan.entries.size(); ++i) {
    facts[i] = TRY(blobs.facts(scan.entries[i].blob_oid));
    if (!all_rules && !facts[i].large) continue;
    asked.push_back(i);
    paths.push_back(scan.entries[i].path);
  }
  auto index = IndexAttributes::open(layout, reader, changes.attributes, git_config);
  const std::vector<bool> answers = TRY(covered_in_index(layout, index, paths));
  std::vector<bool> covered(scan.entries.size());
  for (size_t i = 0; i < asked.size(); ++i) covered[asked[i]] = answers[i];
  std::vector<Violation> violations;
  ParentTrees parents(layout, reader);
  for (const size_t i : asked) {
    const git::StagedEntry& entry = scan.entries[i];
    violations.clear();
    TRY(judge.judge(entry.path, entry.blob_oid, entry.is_symlink(), covered[i], facts[i], violations));
    for (size_t at = violations.size(); at-- > 0 && policy.allows_growth();)
      if (TRY(forgive_growth(reader, policy, TRY(parents.get()), entry.path, entry.is_symlink(), violations[at]))) violations.erase(violations.begin() + static_cast<ptrdiff_t>(at));
    add_violations(entry, violations, policy, scan.result);
  }
  if (all_rules) TRY(judge_attributes(layout, reader, index ? &*index : nullptr, scan.entries, covered, policy, scan.result));
  if (all_rules && !layout.work_tree.empty()) TRY(judge_directories(layout, index ? &*index : nullptr, scan.entries, policy, scan.result));
  scan.result.sort();
  scan.result.scanned.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  return scan;
}

Result<ScanResult> scan_work_tree(const git::RepositoryLayout& layout, const PathPolicy& policy, Progress& progress) {
  const auto started = Clock::now();
  ScanResult result;
  result.source = Source::worktree;
  result.threshold = policy.policy().threshold;
  result.ref_groups.emplace_back();
  if (layout.work_tree.empty()) return fail(ErrorKind::usage, "a bare repository has no work tree", layout.git_dir, "scan --history");
  // -m: changed against the index; -o: not tracked. Together what `git add -A` looks at.
  const std::string listed = TRY(git::git_output(git::git_command({"ls-files", "-z", "-m", "-o", "--exclude-standard"}, layout.work_tree)));
  std::vector<std::string> paths;
  std::vector<struct stat> stats;
  const uint64_t lowest = policy.policy().lowest_limit();
  const auto names = git::split_nul(listed);
  progress.phase("Looking at files", names.size(), "files");
  for (const std::string_view name : names) {
    ++result.scanned.objects;
    std::string path(name);
    struct stat info {};
    if (::lstat((layout.work_tree + "/" + path).c_str(), &info) != 0) continue;  // deleted
    if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) continue;
    ++result.scanned.blobs;
    if ((static_cast<uint64_t>(info.st_size) < lowest && !(S_ISREG(info.st_mode) && policy.always_lfs(path))) || (!paths.empty() && paths.back() == path)) continue;
    paths.push_back(std::move(path));
    stats.push_back(info);
  }
  const std::vector<bool> covered = TRY(git::covered_by_attributes(layout, paths, false));
  std::unique_ptr<git::ObjectDatabase> database;
  if (policy.allows_growth() && !paths.empty()) database = TRY(git::ObjectDatabase::open(layout.object_dir));
  std::optional<git::ObjectReader> reader;
  std::optional<ParentTrees> parents;
  if (database) parents.emplace(layout, reader.emplace(*database));
  for (size_t i = 0; i < paths.size(); ++i) {
    const bool symlink = S_ISLNK(stats[i].st_mode);
    if (covered[i] && !symlink) continue;
    const auto size = static_cast<uint64_t>(stats[i].st_size);
    const PathPolicy::SizeVerdict verdict = symlink ? policy.judge_size(paths[i], size) : policy.judge_plain_file(paths[i], size);
    const config::Severity severity = std::min(verdict.severity, policy.policy().severity(config::Rule::oversize));
    if (severity == config::Severity::off) continue;
    Violation violation{config::Rule::oversize, severity, size, verdict.limit};
    if (parents && TRY(forgive_growth(*reader, policy, TRY(parents->get()), paths[i], symlink, violation))) continue;
    Finding finding;
    finding.path = paths[i];
    finding.size = size;
    finding.severity = violation.severity;
    finding.limit = violation.limit;
    // The blob that `git add` would make, attributes such as text conversion included.
    if (!symlink) {
      const auto oid = git::git_line(git::git_command({"hash-object", "--", paths[i]}, layout.work_tree));
      if (oid) finding.blob = ObjectId::from_hex(*oid);
    }
    add_finding(std::move(finding), symlink, policy, result);
  }
  result.sort();
  result.scanned.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  return result;
}

}  // namespace lfsguard::scanner
