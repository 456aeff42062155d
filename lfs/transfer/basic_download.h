// The "basic" download: GET into `incomplete/<oid>.part`, resumed by Range, hashed on the way, moved into the store
// when it is right.
//
// The part file is locked (flock) while somebody writes it; a second process waits for the object instead of the bytes.
// What arrived stays when the line breaks or the process is killed: the next attempt, of this run or a later one, goes
// on behind it. Bytes that turn out wrong are thrown away and fetched once more from the start.
#pragma once

#include <map>

#include "lfs/auth/authenticator.h"
#include "lfs/store/object_store.h"
#include "lfs/transfer/adapter.h"
#include "lfs/transfer/transfer_options.h"

namespace lfsguard::lfs {

class BasicDownload final : public TransferAdapter {
 public:
  // All must outlive it.
  BasicDownload(Authenticator& authenticator, const ObjectStore& store, const TransferOptions& options)
      : authenticator_(authenticator), store_(store), options_(options) {}
  std::string name() const override { return "basic"; }
  Phase phase() const override { return Phase::download; }
  void start(const TransferObject& object, const BatchObject& actions, Progress progress, Done done) override;

 private:
  Authenticator& authenticator_;
  const ObjectStore& store_;
  const TransferOptions& options_;
  std::map<Oid, unsigned> wrong_;  // how often an object came with wrong bytes
};

}  // namespace lfsguard::lfs
