#include "scanner/entry_judge.h"

namespace lfsguard::scanner {

using config::Rule;
using config::Severity;

const ObjectId& empty_blob() {
  static const ObjectId id = *ObjectId::from_hex("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  return id;
}

void EntryJudge::add(std::vector<Violation>& violations, Rule rule, uint64_t size, uint64_t limit) const {
  const Severity severity = policy_.policy().severity(rule);
  if (severity != Severity::off) violations.push_back({rule, severity, size, limit});
}

void EntryJudge::judge_pointer(std::string_view path, bool covered, const BlobFacts& facts, std::vector<Violation>& violations) {
  if (covered && facts.kind == BlobFacts::Kind::near_pointer) add(violations, Rule::bad_pointer, facts.size, policy_.threshold(path));
  if (!facts.pointer || facts.pointer->stands_for_nothing()) return;
  const lfs::Pointer& pointer = *facts.pointer;
  const bool here = options_.store && options_.store->contains(pointer.oid);
  if (!covered && here) add(violations, Rule::uncovered_pointer, facts.size, 0);
  if (options_.missing_objects && options_.store && !here) add(violations, Rule::missing_object, pointer.size, 0);
  if (policy_.lfs_object_max() && pointer.size > policy_.lfs_object_max()) add(violations, Rule::lfs_oversize, pointer.size, policy_.lfs_object_max());
}

Status EntryJudge::judge(std::string_view path, const ObjectId& blob, bool symlink, bool covered, const BlobFacts& facts,
                         std::vector<Violation>& violations) {
  using Kind = BlobFacts::Kind;
  if (facts.kind == Kind::missing) return {};
  if (symlink) covered = false;
  const bool pointer = !symlink && (facts.kind == Kind::pointer || facts.kind == Kind::near_pointer);

  if (covered && !pointer && blob != empty_blob()) {
    if (options_.all_rules || facts.large) {
      const uint64_t limit = policy_.threshold(path);
      const uint64_t size = facts.large ? facts.size : TRY(blobs_.size(blob));
      if (options_.all_rules || size >= limit) add(violations, Rule::raw_in_lfs, size, limit);
    }
  } else if (!covered && facts.large) {
    const PathPolicy::SizeVerdict verdict = symlink || pointer ? policy_.judge_size(path, facts.size) : policy_.judge_plain_file(path, facts.size);
    Severity severity = policy_.policy().severity(Rule::oversize);
    if (verdict.severity < severity) severity = verdict.severity;
    if (severity != Severity::off) violations.push_back({Rule::oversize, severity, facts.size, verdict.limit});
  }
  if (!options_.all_rules) return {};

  if (pointer) judge_pointer(path, covered, facts, violations);
  if (!covered && !pointer && !symlink && policy_.policy().severity(Rule::binary) != Severity::off && TRY(blobs_.is_binary(blob)))
    add(violations, Rule::binary, TRY(blobs_.size(blob)), 0);
  return {};
}

}  // namespace lfsguard::scanner
