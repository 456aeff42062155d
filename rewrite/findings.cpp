#include "rewrite/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/first_error.h"
#include "rewrite/notes.h"
#include "rewrite/object_splice.h"
#include "rewrite/preflight.h"
#include "rewrite/ref_swap.h"
#include "rewrite/uncovered_pointers.h"
#include "scanner/history_walk.h"

namespace lfsguard::rewrite {
namespace {

constexpr uint64_t kPackMargin = 1u << 20, kPackBytesOfCommit = 1024;

// Why a large file stays as it is.
std::string why_left(const scanner::Introduction& introduction, const attributes::PathList& exclude) {
  if (introduction.symlink) return "a symbolic link, which LFS cannot hold";
  if (scanner::is_control_file(introduction.path)) return "a control file";
  return exclude.matches(introduction.path) ? "excluded" : "not selected";
}

}  // namespace

void list_files(Plan& plan) {
  for (size_t path = 0; path < plan.trie.paths().size(); ++path) {
    PlannedFile file;
    file.path = plan.trie.paths()[path];
    for (const ObjectId& oid : plan.survey->versions()[path]) {
      const uint64_t size = *plan.survey->blobs().find(oid);
      ++file.versions;
      file.bytes += size;
      if (plan.options.above && size >= *plan.options.above) {
        ++file.large_versions;
        file.large_bytes += size;
      }
    }
    if (file.versions > 0) plan.report.files.push_back(std::move(file));
  }
  std::sort(plan.report.files.begin(), plan.report.files.end(), [](const PlannedFile& a, const PlannedFile& b) { return a.path < b.path; });
  plan.report.blobs = plan.survey->blobs().size();
  plan.survey->blobs().for_each([&](const ObjectId&, uint64_t size) { plan.report.bytes += size; });
}

Status list_refs(Plan& plan) {
  for (const PlannedRef& ref : plan.refs) {
    if (plan.changes(ref)) {
      plan.report.refs.push_back({ref.name, ref.old_oid, {}});
      if (ref.old_oid != ref.peeled) ++plan.report.tags_rewritten;
    } else if (!plan.options.refs.empty() && ref.name.starts_with("refs/tags/") && ref.role == PlannedRef::Role::stays && plan.changes(ref.peeled)) {
      plan.report.warnings.push_back(ref.name + " stays on the old history: its next push fails");
    }
  }
  // Notes last, which may be about tags.
  git::ObjectIdSet tags;
  for (const PlannedRef& ref : plan.refs)
    if (ref.old_oid != ref.peeled && plan.changes(ref)) tags.insert(ref.old_oid);
  for (const PlannedRef& ref : plan.refs) {
    if (ref.role == PlannedRef::Role::stays || !ref.name.starts_with("refs/notes/") || ref.type != git::ObjectType::commit) continue;
    if (TRY(notes_move(*plan.reader, ref.old_oid, [&](const ObjectId& oid) { return plan.changes(oid) || tags.contains(oid); }))) plan.report.refs.push_back({ref.name, ref.old_oid, {}});
  }
  for (const std::string& clash : case_clashes(plan.refs)) plan.report.warnings.push_back("refs that differ by case alone: " + clash);
  return {};
}

// Kept as they are, and yet a host may refuse such trees, and git ignores a .gitattributes that is a link.
void warn_of_odd_trees(Plan& plan) {
  if (const auto& odd = plan.survey->odd_trees(); !odd.empty())
    plan.report.warnings.push_back(fmt::format("{} that change{} ha{} duplicate or misordered entries or odd modes, which stay as they are (a host that checks what it receives may refuse them): {} at /{}",
                                          odd.size() == 1 ? "1 tree" : fmt::format("{} trees", odd.size()), odd.size() == 1 ? "s" : "", odd.size() == 1 ? "s" : "ve",
                                          odd.begin()->first.hex(), odd.begin()->second));
  std::set<std::string> links;
  for (const auto& files : plan.survey->attribute_lists())
    for (const AttributesFileAt& file : files)
      if ((file.mode & 0170000) == 0120000) links.insert(file.directory + ".gitattributes");
  for (const std::string& link : links)
    plan.report.warnings.push_back(link + (plan.options.replace_attributes_symlink ? " is a symbolic link: its content takes its place where a line is needed"
                                                                         : " is a symbolic link, which git ignores: lines go into files below it"));
}

Status name_what_stays_large(Plan& plan) {
  if (!plan.options.above || plan.options.direction == Direction::to_files) return {};
  for (const PlannedRef& ref : plan.refs)
    if (ref.role != PlannedRef::Role::stays && ref.type == git::ObjectType::blob && plan.large.contains(ref.peeled)) plan.report.left_large.push_back(ref.name + " names a large blob itself");
  size_t converted = 0;
  plan.large.for_each([&](const ObjectId& oid, const git::Nothing&) { converted += plan.survey && plan.survey->blobs().contains(oid); });
  if (converted == plan.large.size() && plan.options.exclude.empty()) return {};
  // Some are not converted, or not at every path: where are they?
  config::Policy policy;
  policy.severities[static_cast<size_t>(config::Rule::oversize)] = config::Severity::error;
  policy.severities[static_cast<size_t>(config::Rule::raw_in_lfs)] = config::Severity::error;
  policy.threshold = *plan.options.above;
  policy.above_flag = true;
  const scanner::PathPolicy path_policy(policy, plan.ignore_case, "");
  scanner::SurveyedBlobs blobs;
  std::vector<git::SizedBlob> unconverted;
  plan.large.for_each([&](const ObjectId& oid, const git::Nothing&) { unconverted.push_back({oid, UINT64_MAX}); });
  blobs.add_large(unconverted);
  scanner::WalkOptions walk;
  walk.surveyed = &blobs;
  scanner::CommitList commits = scanner::CommitList::of_history(plan.history);
  for (const ObjectId& tree : plan.bare_trees) commits.add_bare_tree(tree);
  const attributes::PathList asked_for(plan.options.include, plan.ignore_case), exclude(plan.options.exclude, plan.ignore_case);
  std::map<std::string, std::string> left;
  const scanner::WalkResult found = TRY(scanner::walk_history(*plan.database, commits, path_policy, walk, plan.progress));
  for (const auto& introduction : found.introductions) {
    const uint32_t index = plan.path_index(introduction.path);
    if (!introduction.symlink && index != PathTrie::kNone && plan.survey->versions()[index].contains(introduction.blob)) continue;
    if (!plan.options.include.empty() && !asked_for.matches(introduction.path)) continue;  // nobody asked for it
    left[introduction.path] = why_left(introduction, exclude);
  }
  for (const auto& [path, why] : left) plan.report.left_large.push_back(path + " (" + why + ")");
  return {};
}

Status warn_of_uncovered_pointers(Plan& plan) {
  if (plan.options.direction == Direction::to_files) return {};
  std::vector<TipTree> tips;
  for (const PlannedRef& ref : plan.refs) {
    if (ref.role != PlannedRef::Role::selects) continue;
    if (ref.type == git::ObjectType::tree) tips.push_back({ref.peeled, 0});
    if (ref.type != git::ObjectType::commit) continue;
    const uint32_t at = plan.history.position(ref.peeled);
    if (at != UINT32_MAX) tips.push_back({plan.history.commits()[at].tree_oid, at < plan.edits.size() ? plan.edits[at] : 0});
  }
  const PathSelection selection(plan.options, plan.ignore_case);
  const std::vector<std::string> paths = TRY(uncovered_pointers(*plan.database, tips, plan.attributes.get(), selection));
  for (const std::string& path : paths)
    plan.report.warnings.push_back("uncovered-pointer: " + path + " is an LFS pointer that no attribute covers: it stays as it is (lfsguard track covers it)");
  return {};
}

Status count_signatures(Plan& plan) {
  git::FirstError error;
  std::atomic<uint64_t> removed{0};
  parallel_for(plan.affected.size(), 4096, [&](size_t begin, size_t end, unsigned) {
    git::ObjectReader reader(*plan.database, 8u << 20);
    for (size_t i = begin; i < end; ++i) {
      if (!plan.affected[i] || plan.history.commits()[i].plain) continue;
      const ObjectId& oid = plan.history.commits()[i].oid;
      const auto commit = reader.read(oid);
      if (!commit) return error.set(i, commit.error());
      const Spliced spliced = splice_commit(commit->view(), [&](const ObjectId& named) { return plan.changes(named) ? std::optional(named) : std::nullopt; }, true);
      if (!spliced.signature_removed) continue;
      if (plan.options.signatures == Signatures::abort)
        return error.set(i, fail(ErrorKind::unsupported, "a commit that would change is signed", oid.hex(), "--signatures strip removes signatures, keep leaves them broken").value());
      ++removed;
    }
  });
  TRY(error.status());
  if (plan.options.signatures == Signatures::strip) plan.report.signatures_removed += removed;
  if (plan.options.signatures == Signatures::keep) return {};
  git::ObjectIdSet seen;
  for (const PlannedRef& ref : plan.refs) {
    if (!plan.changes(ref)) continue;
    // A tag, and the tags that it is about.
    for (ObjectId oid = ref.old_oid; oid != ref.peeled && !seen.contains(oid);) {
      seen.insert(oid);
      const git::Object tag = TRY(plan.reader->read(oid));
      const auto target = tag.type == git::ObjectType::tag ? git::parse_tag_target(tag.view()) : std::nullopt;
      if (!target) break;
      if (is_signed_tag(tag.view())) {
        if (plan.options.signatures == Signatures::abort)
          return fail(ErrorKind::unsupported, "a tag that would change is signed", ref.name, "--signatures strip removes signatures, keep leaves them broken");
        ++plan.report.signatures_removed;
      }
      oid = target->oid;
    }
  }
  return {};
}

Status check_places(Plan& plan) {
  std::vector<std::string> trees;
  WorkTreeNeeds needs;
  for (const WorkTreeChange& change : TRY(work_trees_that_move(plan.layout, [&](const ObjectId& oid) { return plan.changes(oid) ? std::optional(oid) : std::nullopt; }))) {
    trees.push_back(change.path);
    const uint32_t at = plan.history.position(change.old_commit);
    for (const std::string& directory : plan.attributes->directories(plan.edits[at])) needs.attributes_files.push_back(directory + ".gitattributes");
  }
  if (plan.layout.bare) trees.clear();
  TRY(check_work_trees(plan.layout, trees, needs));
  // LFS objects have exactly these bytes; the pack is an estimate: a commit and its changed trees, deflated.
  const uint64_t pack_bytes = kPackMargin + plan.report.commits_rewritten * kPackBytesOfCommit;
  if (plan.options.direction == Direction::to_pointers) return check_space({{plan.store.root(), plan.report.bytes}, {plan.layout.object_dir, pack_bytes}});
  return check_space({{plan.layout.object_dir, plan.report.bytes + pack_bytes}});
}

}  // namespace lfsguard::rewrite
