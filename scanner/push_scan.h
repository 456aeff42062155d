// Scans of what a push brings: on the client before it is sent (pre-push), on the server before it is taken (pre-receive, update).
//
// All rules, on every path of every commit that the other side does not have: what is added and deleted again inside the range would be stored for ever
// and counts; what the other side has already is not reported.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "git/process/repository_layout.h"
#include "lfs/store/object_store.h"
#include "scanner/finding.h"
#include "scanner/history_walk.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

// One line of a hook's standard input. A null id: the ref is made (old) or deleted (new).
struct RefUpdate {
  std::string local_ref;   // pre-push only; may hold spaces ("HEAD^{/fix bug}")
  std::string ref;         // on the receiving side, full name
  ObjectId old_oid, new_oid;
};

struct PushedPointer {
  lfs::Pointer pointer;
  std::string path;
  ObjectId commit;
};

struct PushScan {
  ScanResult result;
  std::vector<PushedPointer> pointers;  // each LFS object once, in the commits of the push
  size_t commits = 0;                   // that the other side does not have
};

struct PushScanOptions {
  bool ignore_case = false;
  // Client: what the remote has is what its own refs (refs/remotes/<remote>/) and the old ids of the updates say. Empty: a remote without such refs.
  std::string remote;
  // Server: what the repository has is all that its refs reach; objects that `main_objects` (its own objects folder) has are not new.
  bool server = false;
  std::string main_objects;
  const lfs::ObjectStore* store = nullptr;
  bool judge_missing_objects = false;
};

Result<PushScan> scan_push(const git::RepositoryLayout& layout, const PathPolicy& policy, const std::vector<RefUpdate>& updates,
                           const PushScanOptions& options, Progress& progress);

}  // namespace lfsguard::scanner
