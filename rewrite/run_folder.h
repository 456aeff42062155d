// The files of one run: <common git dir>/lfsguard/rewrite/<run>/ (docs/interface.md, "Files of a run"), and the journal that survives a kill.
//
// journal.json says how far the run got and holds the whole list of refs, so that the next command can finish what git's own ref transaction, killed
// between two renames, leaves half done. `pending` beside the runs names the run that is under way.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/object_id.h"
#include "git/process/repository_layout.h"

namespace lfsguard::rewrite {

struct RefChange {
  std::string name;
  ObjectId old_oid, new_oid;
};

// A work tree whose HEAD moves.
struct WorkTreeChange {
  std::string path;
  ObjectId old_commit, new_commit;
  std::vector<std::string> written_anew;  // files that had other bytes than what became their LFS object: line endings, ident, encoding
};

struct Journal {
  enum class State {
    prepared,    // everything is written and verified, no ref has moved
    refs_moved,  // every ref is new; indexes may be stale
    done,
    undone,
  } state = State::prepared;
  bool undo = false;     // the way back: always rolled forward
  std::string run;
  std::string started;  // ISO 8601, UTC
  std::vector<RefChange> refs;
  std::vector<WorkTreeChange> work_trees;
  std::vector<std::string> packs;                // files this run added below objects/pack
  std::vector<std::string> stash_log;            // refs/stash's reflog before, one line each
};

// What a run needs from whoever starts it.
struct Surroundings {
  std::string program;  // lfsguard's path: git's filter while stat data is refreshed
  // After refs and work trees, before the run counts as done (or undone): filters and hooks. A kill in between comes here again.
  std::function<Status(const Journal&)> settle;
};

// Held while a run or its undoing is under way, so that no other command takes it for one that was killed. Let go when destroyed, also by a kill.
class RunLock {
 public:
  // nullopt: another process holds it.
  static Result<std::optional<RunLock>> take(const git::RepositoryLayout& layout);
  // Whether this process was started by the one that holds the lock (git's filter is).
  static bool is_held_by_parent(const git::RepositoryLayout& layout);

 private:
  explicit RunLock(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
};

class RunFolder {
 public:
  static RunFolder make(const git::RepositoryLayout& layout);  // a fresh name
  static RunFolder named(const git::RepositoryLayout& layout, const std::string& run) { return RunFolder(layout, run); }
  // Runs with a journal, oldest first.
  static std::vector<std::string> all(const git::RepositoryLayout& layout);
  // The run that is under way or was killed; nullopt when there is none.
  static std::optional<std::string> pending(const git::RepositoryLayout& layout);

  const std::string& run() const { return run_; }
  const std::string& path() const { return path_; }
  Status write(const std::string& name, const std::string& bytes) const;
  // Piece by piece: `next` puts what follows into an empty string; none at the end.
  Status write(const std::string& name, const std::function<void(std::string& piece)>& next) const;
  Result<Journal> journal() const;
  // Durable. Also sets (or, when done or undone, clears) the mark of the pending run.
  Status put(const Journal& journal) const;
  Status remove() const;

 private:
  RunFolder(const git::RepositoryLayout& layout, std::string run);
  std::string root_, run_, path_;
};

std::string name_of(Journal::State state);

}  // namespace lfsguard::rewrite
