// What must hold before a rewrite writes a byte. Nothing is changed here: git is asked with optional locks off, and runs
// none of the configuration's filters: where a stale file cannot be judged without its filter, the run is refused.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "git/objects/object_reader.h"
#include "git/process/repository_layout.h"
#include "rewrite/options.h"
#include "rewrite/ref_plan.h"

namespace lfsguard::rewrite {

// What is looked at before the history is read: shallow, grafts, replace refs, git gc.
Status check_repository(const git::RepositoryLayout& layout, const std::vector<PlannedRef>& refs);

struct WorkTreeNeeds {
  std::vector<std::string> attributes_files;  // paths (".gitattributes", "a/.gitattributes") that the run will write in work trees
};
// Work trees whose HEAD moves must be clean: no staged or unstaged change of a tracked file, no operation under way, no untracked file where an
// attributes file goes.
Status check_work_trees(const git::RepositoryLayout& layout, const std::vector<std::string>& work_trees, const WorkTreeNeeds& needs);

// Bytes that will be written below a folder, which need not be there yet.
struct SpaceNeed {
  std::string folder;
  uint64_t bytes = 0;
};
// They must fit beside what is there, in each file system.
Status check_space(const std::vector<SpaceNeed>& needs);

// Names of refs that differ by case alone, for a warning.
std::vector<std::string> case_clashes(const std::vector<PlannedRef>& refs);

}  // namespace lfsguard::rewrite
