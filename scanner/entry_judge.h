// All rules about one file: its mode, its blob, its path, and whether attributes make LFS of it.
#pragma once

#include <vector>

#include "lfs/store/object_store.h"
#include "scanner/blob_facts.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

struct Violation {
  config::Rule rule = config::Rule::oversize;
  config::Severity severity = config::Severity::error;
  uint64_t size = 0;
  uint64_t limit = 0;
};

struct JudgeOptions {
  bool all_rules = false;
  bool missing_objects = false;
  const lfs::ObjectStore* store = nullptr;
};

class EntryJudge {
 public:
  EntryJudge(const PathPolicy& policy, BlobOracle& blobs, JudgeOptions options) : policy_(policy), blobs_(blobs), options_(options) {}

  // Appends what the file breaks. `facts` are the blob's. A symbolic link is never covered, whatever attributes say.
  Status judge(std::string_view path, const ObjectId& blob, bool symlink, bool covered, const BlobFacts& facts,
               std::vector<Violation>& violations);

 private:
  void add(std::vector<Violation>& violations, config::Rule rule, uint64_t size, uint64_t limit) const;
  void judge_pointer(std::string_view path, bool covered, const BlobFacts& facts, std::vector<Violation>& violations);

  const PathPolicy& policy_;
  BlobOracle& blobs_;
  JudgeOptions options_;
};

// The id of a blob of no bytes: right as it is at a covered path.
const ObjectId& empty_blob();

}  // namespace lfsguard::scanner
