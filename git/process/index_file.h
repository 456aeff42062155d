// One index file, changed through git: which one is at hand, what it says, and new entries put in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/object_id.h"
#include "base/subprocess.h"
#include "git/process/repository_layout.h"

namespace lfsguard::git {

struct IndexEntry {
  uint32_t mode = 0;
  ObjectId oid;
  std::string path;
  char tag = 'H';  // `git ls-files -v`: 'S' skip-worktree, lower case assume-unchanged
};

class IndexFile {
 public:
  // The indexes that a commit under way will use: the one GIT_INDEX_FILE names (or the repository's own), and for `git commit PATH` also index.lock.
  static std::vector<IndexFile> at_hand(const RepositoryLayout& layout);
  // The index of the work tree at `layout.work_tree`.
  // `other`: that is not the one this process was started in, so GIT_DIR and its like in the environment do not speak of it.
  IndexFile(const RepositoryLayout& layout, bool other) : layout_(&layout), other_(other) {}

  // Entries in stage 0 that the pathspecs match (`:(literal)…`, `:(glob)…`), all for none.
  Result<std::vector<IndexEntry>> entries(const std::vector<std::string>& pathspecs) const;
  Result<std::optional<IndexEntry>> entry(const std::string& path) const;
  // Puts the entries in, in one step; skip-worktree and assume-unchanged marks (by `tag`) stay.
  Status put(const std::vector<IndexEntry>& entries) const;
  // Several changes that appear at once or not at all: `change` gets a copy of the index, which takes this one's place when it is done. A sparse index
  // is sparse again afterwards; the trees that git makes for that go into a folder that is thrown away. Error kind conflict: another program
  // holds the index's lock, or keeps changing it.
  Status edit(const std::function<Status(const IndexFile& copy)>& change) const;
  // A lock that edit() left when it was killed while it put the copy in place. Only where no edit can be under way.
  void drop_own_lock() const;
  // Whether attributes of this index make LFS of each path.
  Result<std::vector<bool>> covered(const std::vector<std::string>& paths) const;
  // Whether attributes of this index give `attribute` any value for each path (neither unset nor unspecified).
  Result<std::vector<bool>> have_attribute(const std::string& attribute, const std::vector<std::string>& paths) const;
  // Takes stat data from the work tree for entries that equal it. `program`: lfsguard's path; its filter stands in for whatever the configuration says.
  // `known_pointers`: a file for that filter's LFSGUARD_KNOWN_POINTERS, may be empty.
  void refresh(const std::string& program, const std::string& known_pointers) const;
  // Takes entries out.
  Status remove(const std::vector<std::string>& paths) const;
  // Writes files of the work tree as this index has them. With `program` its filter stands in for whatever the configuration says.
  Status check_out(const std::vector<std::string>& paths, const std::string& program = {}) const;
  // Paths among `paths` whose file differs from this index.
  Result<std::vector<std::string>> changed_in_work_tree(const std::vector<std::string>& paths) const;

 private:
  IndexFile(const RepositoryLayout& layout, std::string file) : layout_(&layout), file_(std::move(file)) {}
  Result<std::vector<std::string>> attribute_values(const std::string& attribute, const std::vector<std::string>& paths) const;
  // A git command that means this index.
  Command command(std::vector<std::string> arguments) const;
  Result<std::string> path() const;
  Status put_in_place(const std::vector<IndexEntry>& entries) const;
  const RepositoryLayout* layout_;
  std::string file_;          // empty: whatever the environment says
  std::string object_dir_;    // where new objects go instead of the repository; empty: there
  bool other_ = false;
  bool is_copy_ = false;      // one that edit() made: nobody else sees it
};

}  // namespace lfsguard::git
