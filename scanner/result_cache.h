// The whole answer of a history scan, kept until anything that could change it has changed.
//
// One file, <cache dir>/history-<key>: the key is XXH3 over everything the answer depends on (refs, work trees' HEADs, packs by checksum, loose
// objects by id, policy, date, info/attributes, the shallow file). The file ends in XXH3 of its bytes; one that does not check is thrown away. Only
// the newest few are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "git/objects/object_database.h"
#include "git/process/repository_layout.h"
#include "scanner/finding.h"
#include "scanner/path_policy.h"
#include "scanner/ref_scope.h"

namespace lfsguard::scanner {

class ResultCache {
 public:
  // `scope`: the refs asked for; `all`: every ref (they decide what is unreachable).
  ResultCache(const git::RepositoryLayout& layout, const git::ObjectDatabase& database, const PathPolicy& policy, const std::vector<ScopeRef>& scope,
              const std::vector<ScopeRef>& all, bool ignore_case);
  std::optional<ScanResult> load() const;
  // A cache that cannot be written costs time, nothing else.
  void store(const ScanResult& result) const;

 private:
  std::string folder_, path_;
};

}  // namespace lfsguard::scanner
