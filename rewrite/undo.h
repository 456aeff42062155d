// Putting back what a run changed: refs, HEADs, indexes, attributes files of work trees; and giving up the way back.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "git/process/repository_layout.h"
#include "rewrite/run_folder.h"

namespace lfsguard::rewrite {

struct Undone {
  std::string run;
  size_t refs = 0;
  std::vector<std::string> kept;  // with force: backup refs that hold what was newer
};

// `run` empty: the last one that can be undone. A ref that has moved since is refused by name; with `force` it is put back and what it was is kept under
// refs/lfsguard/backup/<run>/after/.
Result<Undone> undo(const git::RepositoryLayout& layout, const std::string& run, bool force, const Surroundings& surroundings);

// Drops backup refs and journal. `run` empty: all runs. Returns the runs. Old blobs stay until git's own gc finds them unreachable (reflogs hold them).
Result<std::vector<std::string>> forget(const git::RepositoryLayout& layout, const std::string& run);

struct RunSummary {
  std::string run, started, state;
  size_t refs = 0;
};
Result<std::vector<RunSummary>> list_runs(const git::RepositoryLayout& layout);

}  // namespace lfsguard::rewrite
