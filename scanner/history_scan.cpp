#include "scanner/history_scan.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>

#include "base/file_descriptor.h"
#include "git/objects/commit.h"
#include "git/objects/pack_layout.h"
#include "git/process/git_command.h"
#include "scanner/attribution.h"
#include "scanner/history_walk.h"
#include "scanner/outer_attributes.h"
#include "scanner/ref_scope.h"
#include "scanner/remedy.h"
#include "scanner/repository_survey.h"
#include "scanner/result_cache.h"

namespace lfsguard::scanner {
namespace {

// From so many commits on, a survey of all packs is cheaper than looking each blob up.
constexpr size_t kSurveyFrom = 3000;
constexpr size_t kDigestFrom = 2000;

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

git::ObjectIdSet read_shallow(const git::RepositoryLayout& layout) {
  git::ObjectIdSet shallow;
  if (const auto text = read_file(layout.common_dir + "/shallow"))
    for (const std::string_view line : git::split_lines(*text))
      if (const auto oid = ObjectId::from_hex(line)) shallow.insert(*oid);
  return shallow;
}

struct Range {
  std::string from, to;  // revisions
};

Result<Range> parse_range(const std::string& text) {
  if (text.find("...") != std::string::npos) {
    return fail(ErrorKind::usage, "a range of three dots is not accepted", text, "write A..B: the commits that B reaches and A does not");
  }
  const size_t dots = text.find("..");
  if (dots == std::string::npos) return fail(ErrorKind::usage, "not a range of commits", text, "write A..B; an empty side is HEAD");
  Range range{text.substr(0, dots), text.substr(dots + 2)};
  if (range.from.empty()) range.from = "HEAD";
  if (range.to.empty()) range.to = "HEAD";
  return range;
}

// What the refs in scope come down to, ready to be walked.
struct Scope {
  CommitList commits;
  std::vector<RefPosition> refs;      // sorted by name
  std::vector<const ScopeRef*> blobs; // refs that name a blob
};

Result<Scope> scope_of(const git::RepositoryLayout& layout, const git::ObjectDatabase& database, const std::vector<ScopeRef>& refs) {
  std::vector<ObjectId> tips;
  for (const ScopeRef& ref : refs)
    if (ref.type == git::ObjectType::commit) tips.push_back(ref.peeled);
  git::History::Options options;
  options.common_dir = layout.common_dir;
  Scope scope{CommitList::of_history(TRY(git::History::load(database, tips, options))), {}, {}};
  for (const ScopeRef& ref : refs) {
    if (ref.type == git::ObjectType::commit) {
      if (!ref.name.empty()) scope.refs.push_back({ref.name, scope.commits.position(ref.peeled)});
    } else if (ref.type == git::ObjectType::tree) {
      const uint32_t at = scope.commits.add_bare_tree(ref.peeled);
      if (!ref.name.empty()) scope.refs.push_back({ref.name, at});
    } else if (ref.type == git::ObjectType::blob) {
      scope.blobs.push_back(&ref);
    }
  }
  return scope;
}

// Tags that name a blob at or over the threshold, at path "".
void judge_blob_refs(const std::vector<const ScopeRef*>& refs, const SurveyedBlobs& blobs, const PathPolicy& policy, std::vector<bool>* met,
                     ScanResult& result) {
  std::vector<ObjectId> seen;
  for (const ScopeRef* ref : refs) {
    const BlobFacts* facts = blobs.find(ref->peeled);
    if (!facts || !facts->large) continue;
    if (met) (*met)[blobs.position(ref->peeled)] = true;
    if (std::find(seen.begin(), seen.end(), ref->peeled) != seen.end()) continue;
    seen.push_back(ref->peeled);
    const PathPolicy::SizeVerdict verdict = policy.judge_size("", facts->size);
    const config::Severity severity = std::min(verdict.severity, policy.policy().severity(config::Rule::oversize));
    if (severity == config::Severity::off) continue;
    Finding finding;
    finding.rule = config::Rule::oversize;
    finding.severity = severity;
    finding.blob = ref->peeled;
    finding.size = facts->size;
    finding.limit = verdict.limit;
    std::vector<std::string> names;
    for (const ScopeRef* other : refs)
      if (other->peeled == ref->peeled && !other->name.empty()) names.push_back(other->name);
    finding.refs = static_cast<uint32_t>(result.ref_groups.size());
    explain(finding, false, policy, result.source);
    finding.remedy = drop_refs_command(names, ref->peeled);
    result.ref_groups.push_back(std::move(names));
    if (const config::Allowance* allowance = policy.allowance("", finding.blob)) {
      finding.reason = allowance->reason;
      result.allowed.push_back(std::move(finding));
    } else {
      result.findings.push_back(std::move(finding));
    }
  }
}

// Subjects and dates of the commits that findings name.
void describe_commits(git::ObjectReader& reader, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (!finding.commit) continue;
    const auto object = reader.read(*finding.commit);
    const auto commit = object ? git::parse_commit(object->view()) : std::nullopt;
    if (!commit) continue;
    finding.commit_subject = std::string(commit->subject());
    finding.commit_date = commit->committer_date;
  }
}

void finish(git::ObjectReader& reader, ScanResult& result, std::chrono::steady_clock::time_point started) {
  describe_commits(reader, result.findings);
  describe_commits(reader, result.allowed);
  result.sort();
  result.scanned.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

Result<size_t> commits_in_packs(const git::ObjectDatabase& database) {
  size_t commits = 0;
  for (const auto& source : database.sources())
    for (const auto& pack : source.packs) {
      const std::vector<git::ObjectType>& types = TRY(pack->layout())->types;
      commits += static_cast<size_t>(std::count(types.begin(), types.end(), git::ObjectType::commit));
    }
  return commits;
}

Result<std::vector<ObjectId>> list_range(const git::RepositoryLayout& layout, const Range& range) {
  const Completed listed = TRY(run(git::git_command(
      {"rev-list", "--topo-order", "--end-of-options", range.from + ".." + range.to}, folder_to_ask(layout))));
  if (listed.status != 0) {
    Error error{ErrorKind::usage, "git does not know this range", range.from + ".." + range.to, "both sides must name commits", {}};
    const auto is_commit = [&](const std::string& side) {
      return git::git_line(git::git_command({"rev-parse", "-q", "--verify", "--end-of-options", side + "^{commit}"}, folder_to_ask(layout))).has_value();
    };
    if (is_commit(range.from) && is_commit(range.to)) {
      error.kind = ErrorKind::corrupt;
      error.what = "git cannot list the commits of this range";
      error.hint = "run 'git fsck --full' to see what is missing or damaged";
    }
    for (const std::string_view line : git::split_lines(listed.error_output))
      if (line.starts_with("fatal: ") || line.starts_with("error: ")) error.causes.emplace_back(line);
    return fail(std::move(error));
  }
  std::vector<ObjectId> ids;
  for (const std::string_view line : git::split_lines(listed.output))
    if (const auto oid = ObjectId::from_hex(line)) ids.push_back(*oid);
  return ids;
}

}  // namespace

Result<ScanResult> scan_history(const git::RepositoryLayout& layout, const PathPolicy& policy, const HistoryScanOptions& options, Progress& progress) {
  const auto started = std::chrono::steady_clock::now();
  ScanResult result;
  result.source = options.range.empty() ? Source::history : Source::range;
  result.threshold = policy.policy().threshold;
  result.ref_groups.emplace_back();
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  git::ObjectReader reader(*database);

  // Refs and ranges are resolved first: a name that does not exist is an error whatever the sizes are.
  std::vector<ScopeRef> named;
  std::vector<ObjectId> range_ids;
  if (!options.range.empty()) {
    const Range range = TRY(parse_range(options.range));
    range_ids = TRY(list_range(layout, range));
    named = TRY(named_refs(layout, reader, {range.to}));
  } else if (!options.refs.empty()) {
    named = TRY(named_refs(layout, reader, options.refs));
  }

  WalkOptions walk_options;
  walk_options.all_rules = options.strict;
  walk_options.store = options.store;
  walk_options.attributes = TRY(attributes_of_history(layout, options.ignore_case));

  const bool survey_wanted = options.range.empty() || range_ids.size() >= kSurveyFrom || !options.strict;
  SurveyedBlobs blobs;
  if (survey_wanted) {
    git::SurveyQuestion question{policy.lowest_limit(options.strict), options.strict};
    const std::string cache_dir = options.cache ? layout.private_dir() + "/cache" : std::string();
    const RepositorySurvey survey = TRY(survey_repository(*database, question, cache_dir, progress));
    result.scanned.objects = survey.objects;
    result.scanned.blobs = survey.blobs;
    result.scanned.packs = survey.packs;
    result.scanned.loose = survey.loose;
    blobs.add_large(survey.large);
    if (options.strict) {
      TRY(blobs.add_small(*database, survey.small));
    } else {
      // Where the limit is that low, a pointer at a covered path is still right as it is.
      std::vector<git::SizedBlob> small;
      for (const git::SizedBlob& blob : survey.large)
        if (blob.size < lfs::kPointerSizeLimit) small.push_back(blob);
      TRY(blobs.add_small(*database, small));
    }
    walk_options.surveyed = &blobs;
    if (blobs.empty() && !options.strict && !options.trees_left_out) {
      // A repository whose objects are not here (a lost alternate, a lost pack index) is not called clean.
      if (options.range.empty() && options.refs.empty() && !ref_files_are_sound(layout.common_dir, *database)) TRY(all_refs(layout, reader));
      finish(reader, result, started);
      return result;
    }
  }

  std::vector<bool> met(blobs.size());
  if (!options.range.empty()) {
    const CommitList commits = TRY(CommitList::of_ids(reader, range_ids, read_shallow(layout)));
    std::vector<RefPosition> refs;
    for (const ScopeRef& ref : named) {
      const uint32_t at = commits.position(ref.peeled);
      if (!ref.name.empty() && at != UINT32_MAX) refs.push_back({ref.name, at});
    }
    WalkResult walked = TRY(walk_history(*database, commits, policy, walk_options, progress));
    attribute(commits, refs, std::move(walked.introductions), policy, result);
    result.incomplete = std::move(walked.incomplete);
    finish(reader, result, started);
    return result;
  }

  const std::vector<ScopeRef> all = TRY(all_refs(layout, reader));
  std::optional<ResultCache> answers;
  if (options.cache && !options.strict) {
    answers.emplace(layout, *database, policy, options.refs.empty() ? all : named, all, options.ignore_case);
    if (auto known = answers->load()) {
      known->source = result.source;
      known->scanned.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      return std::move(*known);
    }
  }
  // With a few large blobs in a long history, trees are brought down to what leads to one; else it would cost more than it saves. A whole
  // history's trees are read while its commits are put in order, which keeps one core busy only.
  std::optional<git::TreeDigest> digest;
  {
    const auto make_digest = [&] {
      std::vector<ObjectId> large;
      blobs.for_each_oid([&](const ObjectId& oid) { large.push_back(oid); });
      return git::TreeDigest::make(*database, large);
    };
    std::future<Result<git::TreeDigest>> making;
    const bool digests = !options.strict && !options.trees_left_out;  // a digest has no word for what lacks below a tree without large blobs
    if (digests && options.refs.empty() && TRY(commits_in_packs(*database)) >= kDigestFrom) making = std::async(std::launch::async, make_digest);
    progress.phase("Reading commits and trees", 0, "");
    const Scope scope = TRY(scope_of(layout, *database, options.refs.empty() ? all : named));
    if (making.valid()) {
      digest.emplace(TRY(making.get()));
    } else if (digests && scope.commits.items().size() >= kDigestFrom) {
      digest.emplace(TRY(make_digest()));
    }
    if (digest) walk_options.digest = &*digest;
    WalkResult walked = TRY(walk_history(*database, scope.commits, policy, walk_options, progress));
    attribute(scope.commits, scope.refs, std::move(walked.introductions), policy, result);
    result.incomplete = std::move(walked.incomplete);
    met = std::move(walked.met);
    judge_blob_refs(scope.blobs, blobs, policy, &met, result);
  }
  // What no ref reaches is counted over all refs, whichever were asked for.
  if (!options.refs.empty() && std::find(met.begin(), met.end(), false) != met.end()) {
    const Scope scope = TRY(scope_of(layout, *database, all));
    WalkOptions counting = walk_options;
    counting.all_rules = false;
    const WalkResult walked = TRY(walk_history(*database, scope.commits, policy, counting, progress));
    ScanResult unused;
    for (size_t i = 0; i < met.size(); ++i) met[i] = met[i] || walked.met[i];
    judge_blob_refs(scope.blobs, blobs, policy, &met, unused);
  }
  blobs.for_each_large([&](uint32_t position, const BlobFacts& facts) {
    if (met[position] || facts.size < policy.policy().lowest_limit()) return;
    ++result.unreachable_blobs;
    result.unreachable_bytes += facts.size;
  });
  finish(reader, result, started);
  if (answers) answers->store(result);
  return result;
}

}  // namespace lfsguard::scanner
