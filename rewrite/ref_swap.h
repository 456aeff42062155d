// Moving every ref at once, and what goes with it: backups, indexes and work trees, the stash's log.
//
// Order: backup refs, journal, one `git update-ref --stdin` transaction with the old ids checked, journal, indexes. git's transaction is not atomic when
// git itself is killed (locks are renamed one by one), so the journal holds the list and finish_pending() rolls it forward.
#pragma once

#include <functional>
#include <optional>

#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "git/process/repository_layout.h"
#include "rewrite/run_folder.h"

namespace lfsguard::rewrite {

// refs/lfsguard/backup/<run>/<full name>; HEADs keep their name ("…/HEAD", "…/worktrees/<id>/HEAD").
std::string backup_ref(const std::string& run, const std::string& name);

// Where refs stand: every ref, and those of `names` that are HEADs. One git process, and one for each HEAD.
Result<std::unordered_map<std::string, ObjectId>> current_refs(const git::RepositoryLayout& layout, const std::vector<RefChange>& names);

// One transaction: each ref from old to new. A null new id deletes, a null old id creates.
Status move_refs(const git::RepositoryLayout& layout, const std::vector<RefChange>& changes, const std::string& message);

// From a journal that says `prepared` on: everything that is left to do.
Status carry_out(const git::RepositoryLayout& layout, const RunFolder& folder, Journal journal, const Surroundings& surroundings);

// What a killed run left: rolled forward when a ref has moved, else taken back (nothing referred to it yet). Returns a line to say, empty when
// there was nothing.
Result<std::string> finish_pending(const git::RepositoryLayout& layout, const Surroundings& surroundings);

// Where each work tree stands. `moved`: old commit -> new commit.
Result<std::vector<WorkTreeChange>> work_trees_that_move(const git::RepositoryLayout& layout,
                                                         const std::function<std::optional<ObjectId>(const ObjectId&)>& moved);

// Of these work trees the HEADs that are on no branch, by the name that the main work tree has for them, where they are now.
Result<std::unordered_map<std::string, ObjectId>> detached_heads(const git::RepositoryLayout& layout, const std::vector<WorkTreeChange>& changes);

// Index and attributes files of one work tree from one commit to another. Other files are not touched, but for those whose bytes are not those of the
// object that they became (noted in `change`), and by `undo` where it comes back from commits newer than the run.
Status update_work_tree(const git::RepositoryLayout& layout, WorkTreeChange& change, bool undo, const std::string& program);

}  // namespace lfsguard::rewrite
