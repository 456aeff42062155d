#include "scanner/push_scan.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/file_descriptor.h"
#include "git/objects/commit.h"
#include "git/process/git_command.h"
#include "scanner/attribution.h"
#include "scanner/outer_attributes.h"
#include "scanner/push_size.h"
#include "scanner/ref_scope.h"
#include "scanner/remedy.h"
#include "scanner/repository_survey.h"

namespace lfsguard::scanner {
namespace {

// From so many commits on, a survey of all packs is cheaper than looking each blob up.
constexpr size_t kSurveyFrom = 3000;

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

// What the other side has is named on the command line (git takes options on rev-list's standard input only from 2.42 on), ids on standard input.
Command rev_list(const git::RepositoryLayout& layout, std::vector<std::string> flags, const std::vector<ScopeRef>& tips,
                 const std::vector<ObjectId>& known, const PushScanOptions& options) {
  std::vector<std::string> arguments = {"rev-list", "--stdin"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  if (options.server)
    arguments.insert(arguments.end(), {"--not", "--all", "--not"});
  else if (!options.remote.empty())
    arguments.insert(arguments.end(), {"--not", "--remotes=" + options.remote + "/*", "--not"});
  Command command = git::git_command(std::move(arguments), folder_to_ask(layout));
  for (const ScopeRef& tip : tips) *command.input += tip.oid.hex() + "\n";
  for (const ObjectId& oid : known) *command.input += "^" + oid.hex() + "\n";
  return command;
}

struct Members {
  CommitList commits;
  bool whole = false;  // the other side has nothing: a whole history
};

Result<Members> members_of(const git::RepositoryLayout& layout, git::ObjectReader& reader, const std::vector<ScopeRef>& tips,
                           const std::vector<ObjectId>& known, const PushScanOptions& options) {
  Members members;
  std::vector<ObjectId> tip_commits;
  for (const ScopeRef& tip : tips)
    if (tip.type == git::ObjectType::commit) tip_commits.push_back(tip.peeled);
  if (known.empty()) {
    const std::string prefix = options.server ? "" : "refs/remotes/" + options.remote + "/";
    std::vector<std::string> arguments = {"for-each-ref", "--count=1", "--format=%(refname)"};
    if (!prefix.empty()) arguments.push_back(prefix);
    const bool remote_unknown = !options.server && options.remote.empty();
    members.whole = remote_unknown || TRY(git::git_output(git::git_command(std::move(arguments), folder_to_ask(layout)))).empty();
  }
  if (members.whole) {
    git::History::Options load;
    load.common_dir = layout.common_dir;
    members.commits = CommitList::of_history(TRY(git::History::load(reader.database(), tip_commits, load)));
  } else {
    const std::string listed = TRY(git::git_output(rev_list(layout, {"--topo-order"}, tips, known, options)));
    std::vector<ObjectId> ids;
    for (const std::string_view line : git::split_lines(listed))
      if (const auto oid = ObjectId::from_hex(line)) ids.push_back(*oid);
    git::ObjectIdSet shallow;
    if (const auto text = read_file(layout.common_dir + "/shallow"))
      for (const std::string_view line : git::split_lines(*text))
        if (const auto oid = ObjectId::from_hex(line)) shallow.insert(*oid);
    members.commits = TRY(CommitList::of_ids(reader, ids, shallow));
  }
  return members;
}

// Blobs that are stored on the other side already, wherever in its history: sending them at another path stores nothing new. Asked for only
// where something was found.
Status forget_what_remote_has(const git::RepositoryLayout& layout, git::ObjectReader& reader, const std::vector<ObjectId>& known, const PathPolicy& policy,
                              const PushScanOptions& options, std::vector<Introduction>& introductions, Progress& progress) {
  const auto about_size = [](const Introduction& introduction) {
    return introduction.rule == config::Rule::oversize || introduction.rule == config::Rule::raw_in_lfs || introduction.rule == config::Rule::binary;
  };
  std::vector<git::SizedBlob> asked;
  for (const Introduction& introduction : introductions)
    if (about_size(introduction)) asked.push_back({introduction.blob, introduction.size});
  if (asked.empty()) return {};
  std::vector<ScopeRef> theirs;
  for (const ObjectId& oid : known) theirs.push_back({"", oid, {}, {}});
  if (!options.remote.empty()) {
    const std::string listed = TRY(git::git_output(
        git::git_command({"for-each-ref", "--format=%(objectname)", "refs/remotes/" + options.remote + "/"}, folder_to_ask(layout))));
    for (const std::string_view line : git::split_lines(listed))
      if (const auto oid = ObjectId::from_hex(line)) theirs.push_back({"", *oid, {}, {}});
  }
  std::vector<ObjectId> tips;
  for (ScopeRef& ref : theirs)
    if (peel(ref, reader) && ref.type == git::ObjectType::commit) tips.push_back(ref.peeled);
  if (tips.empty()) return {};
  git::History::Options load;
  load.common_dir = layout.common_dir;
  load.missing_is_fine = true;
  const CommitList commits = CommitList::of_history(TRY(git::History::load(reader.database(), tips, load)));
  SurveyedBlobs blobs;
  blobs.add_large(asked);
  WalkOptions looking;
  looking.surveyed = &blobs;
  const WalkResult walked = TRY(walk_history(reader.database(), commits, policy, looking, progress));
  std::erase_if(introductions, [&](const Introduction& introduction) { return about_size(introduction) && walked.met[blobs.position(introduction.blob)]; });
  return {};
}

Status judge_push_size(const git::RepositoryLayout& layout, const git::ObjectDatabase& database, const std::vector<ScopeRef>& tips,
                       const std::vector<ObjectId>& known, const PathPolicy& policy, const PushScanOptions& options, ScanResult& result,
                       Progress& progress) {
  const config::Severity severity = policy.policy().severity(config::Rule::push_too_big);
  if (policy.push_max() == 0 || severity == config::Severity::off || options.server) return {};
  PushedRange range{{}, known, options.remote};
  for (const ScopeRef& tip : tips) range.tips.push_back(tip.oid);
  const auto bytes = TRY(push_size_over(layout, database, range, policy.push_max(), progress));
  if (!bytes) return {};
  Finding finding;
  finding.rule = config::Rule::push_too_big;
  finding.severity = severity;
  finding.size = *bytes;
  finding.limit = policy.push_max();
  explain(finding, false, policy, result.source);
  result.findings.push_back(std::move(finding));
  return {};
}

// A rewrite of what is not pushed yet is enough, and leaves what others have alone.
void narrow_remedies(const git::RepositoryLayout& layout, const std::vector<RefUpdate>& updates, const PushScanOptions& options, ScanResult& result) {
  if (options.server || options.remote.empty() || result.findings.empty()) return;
  const auto tracking = git::git_output(git::git_command({"for-each-ref", "--format=%(refname)", "refs/remotes/" + options.remote + "/"}, folder_to_ask(layout)));
  if (!tracking || tracking->empty()) return;
  std::string narrow;
  for (const RefUpdate& update : updates) {
    if (update.new_oid.is_zero() || !update.ref.starts_with("refs/heads/")) continue;
    const std::string local = update.local_ref.starts_with("refs/") ? update.local_ref : update.ref;
    narrow += " --ref " + shell_word(local);
    const std::string remote_ref = "refs/remotes/" + options.remote + "/" + update.ref.substr(11);
    for (const std::string_view line : git::split_lines(*tracking))
      if (line == remote_ref) narrow += " --exclude-ref " + shell_word(remote_ref);
  }
  if (narrow.find("--exclude-ref") == std::string::npos) return;
  for (Finding& finding : result.findings)
    if (finding.remedy.starts_with("lfsguard rewrite ")) finding.remedy += narrow;
  result.remedy_refs = std::move(narrow);
}

}  // namespace

Result<PushScan> scan_push(const git::RepositoryLayout& layout, const PathPolicy& policy, const std::vector<RefUpdate>& updates,
                           const PushScanOptions& options, Progress& progress) {
  const auto started = std::chrono::steady_clock::now();
  PushScan scan;
  ScanResult& result = scan.result;
  result.source = options.server ? Source::quarantine : Source::push;
  result.threshold = policy.policy().threshold;
  result.ref_groups.emplace_back();
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  git::ObjectReader reader(*database);

  std::vector<ScopeRef> tips;
  std::vector<ObjectId> known;
  for (const RefUpdate& update : updates) {
    if (!update.new_oid.is_zero()) {
      ScopeRef tip{options.server ? update.ref : update.local_ref.starts_with("refs/") ? update.local_ref : update.ref, update.new_oid, {}, {}};
      TRY(peel(tip, reader));
      tips.push_back(std::move(tip));
    }
    // An id that the remote has and this repository does not says nothing here.
    if (!update.old_oid.is_zero() && database->contains(update.old_oid)) known.push_back(update.old_oid);
  }
  if (tips.empty()) return scan;
  Members members = TRY(members_of(layout, reader, tips, known, options));
  std::vector<RefPosition> refs;
  std::sort(tips.begin(), tips.end(), [](const ScopeRef& a, const ScopeRef& b) { return a.name < b.name; });
  std::vector<const ScopeRef*> blob_tips;
  for (const ScopeRef& tip : tips) {
    uint32_t at = UINT32_MAX;
    if (tip.type == git::ObjectType::commit) at = members.commits.position(tip.peeled);
    if (tip.type == git::ObjectType::tree) at = members.commits.add_bare_tree(tip.peeled);
    if (tip.type == git::ObjectType::blob) blob_tips.push_back(&tip);
    if (at != UINT32_MAX) refs.push_back({tip.name, at});
  }
  scan.commits = members.commits.items().size();
  result.scanned.objects = scan.commits;

  WalkOptions walk_options;
  walk_options.all_rules = true;
  walk_options.store = options.store;
  walk_options.judge_missing_objects = options.judge_missing_objects;
  walk_options.attributes = TRY(attributes_of_history(layout, options.ignore_case));
  SurveyedBlobs blobs;
  if (scan.commits >= kSurveyFrom) {
    const RepositorySurvey survey = TRY(survey_repository(*database, {policy.lowest_limit(true), true}, "", progress));
    result.scanned.objects = survey.objects;
    result.scanned.blobs = survey.blobs;
    result.scanned.packs = survey.packs;
    result.scanned.loose = survey.loose;
    blobs.add_large(survey.large);
    TRY(blobs.add_small(*database, survey.small));
    walk_options.surveyed = &blobs;
  }
  if (scan.commits > 0) {
    WalkResult walked = TRY(walk_history(*database, members.commits, policy, walk_options, progress));
    if (options.server && !options.main_objects.empty() && !walked.introductions.empty()) {
      const auto main_database = TRY(git::ObjectDatabase::open(options.main_objects));
      std::erase_if(walked.introductions, [&](const Introduction& introduction) {
        return !introduction.blob.is_zero() && introduction.rule != config::Rule::missing_object && main_database->contains(introduction.blob);
      });
    }
    if (!options.server && !members.whole) TRY(forget_what_remote_has(layout, reader, known, policy, options, walked.introductions, progress));
    for (WalkResult::PointerUse& use : walked.pointers)
      scan.pointers.push_back({std::move(use.pointer), std::move(use.path), members.commits.items()[use.commit].oid});
    result.incomplete = std::move(walked.incomplete);
    attribute(members.commits, refs, std::move(walked.introductions), policy, result);
  }
  std::unique_ptr<git::ObjectDatabase> main_objects;
  if (options.server && !options.main_objects.empty() && !blob_tips.empty()) main_objects = TRY(git::ObjectDatabase::open(options.main_objects));
  std::vector<ObjectId> seen;
  for (const ScopeRef* tip : blob_tips) {
    if (std::find(seen.begin(), seen.end(), tip->peeled) != seen.end() || (main_objects && main_objects->contains(tip->peeled))) continue;
    seen.push_back(tip->peeled);
    const git::ObjectHeader header = TRY(reader.header(tip->peeled));
    const PathPolicy::SizeVerdict verdict = policy.judge_size("", header.size);
    const config::Severity severity = std::min(verdict.severity, policy.policy().severity(config::Rule::oversize));
    if (severity == config::Severity::off || policy.allowance("", tip->peeled)) continue;
    Finding finding;
    finding.severity = severity;
    finding.blob = tip->peeled;
    finding.size = header.size;
    finding.limit = verdict.limit;
    std::vector<std::string> names;
    for (const ScopeRef* other : blob_tips)
      if (other->peeled == tip->peeled) names.push_back(other->name);
    explain(finding, false, policy, result.source);
    finding.remedy = drop_refs_command(names, tip->peeled);
    finding.refs = static_cast<uint32_t>(result.ref_groups.size());
    result.ref_groups.push_back(std::move(names));
    result.findings.push_back(std::move(finding));
  }
  TRY(judge_push_size(layout, *database, tips, known, policy, options, result, progress));
  narrow_remedies(layout, updates, options, result);
  for (Finding& finding : result.findings) {
    if (!finding.commit) continue;
    const auto object = reader.read(*finding.commit);
    const auto commit = object ? git::parse_commit(object->view()) : std::nullopt;
    if (!commit) continue;
    finding.commit_subject = std::string(commit->subject());
    finding.commit_date = commit->committer_date;
  }
  result.sort();
  result.scanned.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return scan;
}

}  // namespace lfsguard::scanner
