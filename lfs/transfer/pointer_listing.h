// Which pointers a commit, the index or a range of commits holds, asked of git's plumbing.
//
// Pointers are blobs below kPointerSizeLimit, so sizes are asked first and only small blobs are read. PointerSource is
// the seam behind which the scanner's faster reading can take this place.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "git/process/repository_layout.h"
#include "lfs/store/pointer.h"
#include "lfs/transfer/adapter.h"

namespace lfsguard::lfs {

struct ListedPointer {
  Pointer pointer;
  std::string path;  // exact bytes, from the top of the work tree
  ObjectId blob;
  bool executable = false;
};

// Of a commit or tree; every path, sorted as git sorts.
Result<std::vector<ListedPointer>> pointers_in_tree(const git::RepositoryLayout& layout, const std::string& treeish);
// Of the index; conflicted entries are left out.
Result<std::vector<ListedPointer>> pointers_in_index(const git::RepositoryLayout& layout);

// In commits that `include` reaches and `exclude` does not; each blob once, under one of its paths. `include` empty:
// none. Names in `exclude` that are not here are skipped.
Result<std::vector<ListedPointer>> pointers_in_history(const git::RepositoryLayout& layout,
                                                       const std::vector<std::string>& include,
                                                       const std::vector<std::string>& exclude);

// As the transfers take them, each object once.
std::vector<TransferObject> transfer_objects(const std::vector<ListedPointer>& pointers);

// A commit whose tree brought the blob in, for messages: empty when none is found.
std::string commit_of_blob(const git::RepositoryLayout& layout, const ObjectId& blob);

}  // namespace lfsguard::lfs
