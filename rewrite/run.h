// The repair: past large files into LFS pointers, in seconds, and undone if you like.
//
// `plan` looks and writes nothing; `execute` does what the plan says. Reading order for this folder: run.cpp is the table of contents.
//
//   selection → path discovery → tree survey → attributes plan   (what)
//   blob converter → tree builder → object splice → pack         (new objects, named by nothing)
//   verifier → maps, journal → backup refs → refs → work trees   (moved at once, undone by undo.h)
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "git/process/repository_layout.h"
#include "lfs/store/object_store.h"
#include "rewrite/options.h"
#include "rewrite/run_folder.h"

namespace lfsguard::rewrite {

struct PlannedFile {
  std::string path;
  uint64_t versions = 0, bytes = 0;              // distinct blobs that are converted, and their sum
  uint64_t large_versions = 0, large_bytes = 0;  // of these at or above the size asked for
};

struct RewriteReport {
  bool dry_run = false;
  std::string run;                 // empty when nothing was written
  std::string maps;                // folder of the maps; empty likewise
  std::vector<PlannedFile> files;  // by path
  uint64_t blobs = 0, bytes = 0;   // distinct
  uint64_t commits_examined = 0, commits_rewritten = 0, tags_rewritten = 0, signatures_removed = 0;
  std::vector<RefChange> refs;     // that move; new ids null in a dry run
  std::vector<std::string> warnings;
  std::vector<std::string> left_large;  // what is still large, named: exit code 2
  std::vector<std::string> attributes_files;  // of the work tree that change
  double seconds = 0;
  bool nothing_selected() const { return files.empty(); }
};

class Rewrite {
 public:
  Rewrite(const git::RepositoryLayout& layout, const lfs::ObjectStore& store, RewriteOptions options, bool ignore_case, bool cache, Progress& progress);
  ~Rewrite();
  // What would be done; preflight checks included (when something is selected).
  Result<RewriteReport> plan();
  // Every version of every file that the selection takes, as (path, bytes): one for each distinct blob at a path. Writes nothing, checks no work tree.
  Result<std::vector<std::pair<std::string, uint64_t>>> versions();
  // Does what plan() found. `program`: lfsguard's path.
  Result<RewriteReport> execute(const std::string& program);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lfsguard::rewrite
