// The standalone transfer to a repository on this machine (file:// URLs and plain paths): objects go from store to
// store, no server in between.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lfs/net/endpoint.h"
#include "lfs/store/object_store.h"
#include "lfs/transfer/transfer_event.h"
#include "lfs/transfer/transfer_queue.h"

namespace lfsguard::lfs {

// The common git directory of the repository at `path`: a bare one, one with a work tree, `path`.git as git itself
// tries, a linked work tree.
Result<std::string> git_directory_at(const std::string& path);

// An object that is missing on the sending side and there already on the other is fine; missing on both it is a failure
// of its own.
TransferReport transfer_locally(const ObjectStore& here, const ObjectStore& there, Operation operation,
                                const std::vector<TransferObject>& objects, const EventSink& events,
                                const std::function<void(const TransferObject&)>& finished = {});

}  // namespace lfsguard::lfs
