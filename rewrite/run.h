// The repair: past large files into LFS pointers, in seconds, and undone if you like.
//
// `plan` looks and writes nothing; `execute` does what the plan says. Reading order for this folder: run.cpp is the table of contents.
//
//   selection → path discovery → tree survey → attributes plan   (plan.h: what)
//   findings → preflight                                         (findings.h: what of it is worth a word; may it be done)
//   blob converter → tree builder → object splice → pack         (execution.h: new objects, named by nothing)
//   verifier → maps, journal → backup refs → refs → work trees   (moved at once, undone by undo.h)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "git/process/repository_layout.h"
#include "lfs/store/object_store.h"
#include "rewrite/options.h"
#include "rewrite/report.h"
#include "rewrite/run_folder.h"

namespace lfsguard::rewrite {

struct Plan;

class Rewrite {
 public:
  Rewrite(const git::RepositoryLayout& layout, const lfs::ObjectStore& store, RewriteOptions options, bool ignore_case, bool cache, Progress& progress);
  ~Rewrite();
  // What would be done; preflight checks included (when something is selected).
  Result<RewriteReport> plan();
  // Every version of every file that the selection takes: one for each distinct blob at a path. Writes nothing, checks no work tree.
  struct Version {
    std::string path;
    uint64_t size = 0;         // bytes of the blob
    uint64_t object_size = 0;  // of a pointer (--export's direction): what it stands for
  };
  Result<std::vector<Version>> versions();
  // Does what plan() found.
  Result<RewriteReport> execute(const Surroundings& surroundings);

 private:
  std::unique_ptr<Plan> plan_;
};

}  // namespace lfsguard::rewrite
