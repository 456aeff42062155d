// Which objects of the store nobody here needs any more and the remote has: what prune may delete.
//
// Kept: what HEAD and the index of every work tree hold, stashes, recent refs and commits (lfs/transfer/recent_refs.h),
// and everything in commits that the prune remote (lfs.pruneremotetocheck, else origin) is not known to have.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "lfs/transfer/client.h"

namespace lfsguard::lfs {

struct StoredObject {
  Oid oid;
  uint64_t size = 0;
  std::string path;
};

struct PruneChoice {
  bool recent = false;  // recent objects may go too
  bool force = false;   // also what is checked out; never what is not pushed
};

// Every object in the store itself.
std::vector<StoredObject> stored_objects(const ObjectStore& store);

Result<std::unordered_set<Oid>> retained_objects(const Client& client, const PruneChoice& choice);

// The remote that must have an object before it may go.
std::string prune_remote(const ClientConfig& config);

// Files in `tmp` that nothing has touched for an hour: leftovers of crashes.
std::vector<std::string> stale_temporaries(const ObjectStore& store);

}  // namespace lfsguard::lfs
