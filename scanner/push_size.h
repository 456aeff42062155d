// How many bytes git would send for a push, against the host's limit for one pack.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "git/objects/object_database.h"
#include "git/process/repository_layout.h"

namespace lfsguard::scanner {

struct PushedRange {
  std::vector<ObjectId> tips;
  std::vector<ObjectId> known;  // what the remote has by its own word
  std::string remote;           // its refs/remotes/<remote>/ tell the rest; empty: there are none
};

// The size, where it is over `limit`; nullopt where it is not.
//
// Steps, each only where the one before leaves it open: everything that is stored here, a sum of file sizes; what git stores the objects of the range in
// (`git rev-list --disk-usage`); and, where loose objects make the difference, the pack itself, made by git and counted, not kept: those would be
// compressed against each other.
Result<std::optional<uint64_t>> push_size_over(const git::RepositoryLayout& layout, const git::ObjectDatabase& database, const PushedRange& range,
                                               uint64_t limit, Progress& progress);

}  // namespace lfsguard::scanner
