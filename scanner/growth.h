// The setting growth = "allow": what a repository holds already may change, only what is new to it is held against the limits.
//
// A new version of a file that a parent holds at that path is forgiven its size, up to what the host itself refuses: a push that cannot succeed is
// still stopped. A file that was an LFS pointer before is not one that git held, and what the settings' `track` names is LFS whatever it was.
#pragma once

#include <span>
#include <string_view>

#include "git/objects/object_reader.h"
#include "scanner/entry_judge.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

// Whether `violation` of a rule at that path is forgiven, given the parents' root trees; trees that are not stored hold nothing. Where it is not
// because of the host, severity and limit are set to the host's.
Result<bool> forgive_growth(git::ObjectReader& reader, const PathPolicy& policy, std::span<const ObjectId> parent_trees, std::string_view path, bool symlink,
                            Violation& violation);

}  // namespace lfsguard::scanner
