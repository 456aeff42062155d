// What a rewrite found to do, and did (docs/interface.md, "JSON", `rewrite`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
  double seconds = 0;
  bool nothing_selected() const { return files.empty(); }
};

}  // namespace lfsguard::rewrite
