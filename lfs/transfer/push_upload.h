// The upload that goes before a push: what `git push` is about to make visible must be on the server first
// (docs/lfs.md, "Pre-push upload").
//
// Who calls says which pointers are needed (the scanner, or pointers_in_history); here they are sent, and what could
// not be sent is named by path and commit. No network when the list is empty.
#pragma once

#include <string>
#include <vector>

#include "lfs/transfer/client.h"

namespace lfsguard::lfs {

struct RefUpdate {
  std::string local_ref, local_oid;    // hex; zeros for a deletion
  std::string remote_ref, remote_oid;  // hex; zeros for a new ref
};

// The remote that a pre-push hook's two arguments mean: by its name, or by the URL where no remote has that name.
std::string remote_of_push(const Client& client, const std::string& remote, const std::string& url);

// `remote` is the hook's first argument, `url` its second: where no remote has that name, the URL is mapped back to the
// remote that has it.
Result<TransferReport> upload_for_push(const Client& client, const std::string& remote, const std::string& url,
                                       const std::vector<RefUpdate>& updates, std::vector<TransferObject> needed,
                                       const EventSink& events);

// Without a scanner: pointers in commits reachable from the pushed tips and not from what the remote is known to have,
// that is the remote ids of the updates that are here and refs/remotes/<remote>/*.
Result<std::vector<TransferObject>> objects_for_push(const Client& client, const std::string& remote,
                                                     const std::string& url, const std::vector<RefUpdate>& updates);

// One failed object as a person reads it: path, commit, object, reason.
std::string describe(const TransferFailure& failure);

}  // namespace lfsguard::lfs
