// What a scan finds: data, never printed text (report/ makes text, JSON, SARIF and annotations of it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "config/rule.h"

namespace lfsguard::scanner {

// One for each (rule, blob, path).
struct Finding {
  config::Rule rule = config::Rule::oversize;
  config::Severity severity = config::Severity::error;
  std::string path;               // exact bytes; "" for a blob that a tag names
  std::optional<ObjectId> blob;   // none for a rule that is not about a blob
  uint64_t size = 0;              // bytes of the blob, or the count the rule is about
  uint64_t limit = 0;             // what it was held against, same unit; 0 where there is none
  std::optional<ObjectId> commit; // that brought it in: the oldest, if several did
  uint32_t refs = 0;              // index into ScanResult::ref_groups
  std::string remedy;             // a command
  std::string message;            // one sentence
  std::string limit_source;       // who set the limit: "huggingface", ".lfsguard.toml", ...
  std::string commit_subject;     // of `commit`, first line
  int64_t commit_date = 0;        // of `commit`, committer, seconds since 1970
  std::string reason;             // of the allowance, for those in ScanResult::allowed
};

enum class Source { history, staged, worktree, range, push, quarantine };
constexpr std::string_view name_of(Source source) {
  constexpr std::string_view kNames[] = {"history", "staged", "worktree", "range", "push", "quarantine"};
  return kNames[static_cast<size_t>(source)];
}

struct ScanResult {
  Source source = Source::history;
  uint64_t threshold = 0;
  struct Scanned {
    uint64_t objects = 0, blobs = 0, packs = 0, loose = 0;  // what is stored, twins and alternates included
    double seconds = 0;
    bool cached = false;
  } scanned;
  std::vector<Finding> findings;  // largest first, then path by bytes, rule, blob
  std::vector<Finding> allowed;   // would be findings but for an allowance; same order
  uint64_t unreachable_blobs = 0, unreachable_bytes = 0;
  std::vector<std::vector<std::string>> ref_groups;  // each sorted by bytes; [0] is empty
  std::string remedy_refs;                           // " --ref X --exclude-ref Y": what each remedy that rewrites ends with; often empty
  std::vector<std::string> incomplete;               // what could not be looked at (a partial clone), named: exit code 2

  const std::vector<std::string>& refs_of(const Finding& finding) const { return ref_groups[finding.refs]; }
  size_t errors() const;
  size_t warnings() const { return findings.size() - errors(); }
  uint64_t bytes() const;  // of the distinct blobs in findings
  // 0, 1 (an error was found) or 2 (nothing found, but not everything could be looked at).
  // 2 where something could not be looked at, whatever was found in the rest.
  int exit_code() const { return !incomplete.empty() ? 2 : errors() > 0 ? 1 : 0; }
  void sort();
};

}  // namespace lfsguard::scanner
