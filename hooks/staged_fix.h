// Pointers in place of staged files that must not be committed as they are.
//
// The order makes a kill at any point harmless: objects into the LFS store (synced), pointer and .gitattributes blobs into git's store, the work
// tree's .gitattributes, then one `git update-index` for each index at hand, which git replaces whole. Before that last step the index is what it was.
//
// What is judged is the staged blob, and the object is made of it, never of unstaged edits. Only where git says that the file equals the index is the
// object made of the file's own bytes: with line-ending or ident conversion the blob's would leave it modified for ever.
//
// `git commit PATH` works on a temporary index while the real one waits as index.lock: each gets its own edit, with its own .gitattributes.
// Needs SHA-256, so it is linked into lfsguard alone. tests/integration/pre_commit_*.test.sh cover it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/policy_sources.h"
#include "git/process/repository_layout.h"
#include "scanner/staged_scan.h"

namespace lfsguard::hooks {

// Stores a blob in git's object store and returns its id.
using WriteBlob = std::function<Result<ObjectId>(std::string_view content)>;

// `program`: lfsguard's absolute path, for the clean filter while stat data is refreshed. Returns the hook's exit code: 0 when nothing is left that
// must not be committed, else 1 (what is left was said).
Result<int> fix_staged(const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const scanner::StagedScan& scan,
                       const std::string& program, const WriteBlob& write_blob);

}  // namespace lfsguard::hooks
