// The stash: one ref, whose older entries live in its log alone (refs/stash@{1} and on).
//
// The log is handled as the lines of git's own file ("old new ident\tmessage", oldest first). With the files backend that file is replaced at once; a
// reftable repository has no such file, and git makes the list anew, entry by entry, with its idents and dates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "git/process/repository_layout.h"
#include "rewrite/run_folder.h"

namespace lfsguard::rewrite {

// How an older entry is called among a journal's refs, and whether a name is one.
std::string stash_entry_name(size_t index);
bool is_stash_entry(std::string_view name);

// Commits of older entries (refs/stash@{1} and on), newest first.
std::vector<ObjectId> older_stashes(const git::RepositoryLayout& layout);

// Lines of the log; none where there is no stash.
Result<std::vector<std::string>> stash_log(const git::RepositoryLayout& layout);
// The commit that a line's entry is.
ObjectId stash_of(std::string_view line);

// Puts the log right after refs/stash has moved: the lines of `before` with ids moved by `changes`, without the line that moving the ref added, and
// what the user has stashed since. With `undo` that is left out where refs/stash itself goes back. `before` empty: the log as it is.
Status move_stash_log(const git::RepositoryLayout& layout, const std::vector<RefChange>& changes, const std::vector<std::string>& before, bool undo);

}  // namespace lfsguard::rewrite
