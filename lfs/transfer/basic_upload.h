// The "basic" upload: one PUT of the whole object, hashed while it is read: a damaged object is never sent to its end.
// Format: the public Git LFS document "Basic Transfer API".
#pragma once

#include "lfs/auth/authenticator.h"
#include "lfs/store/object_store.h"
#include "lfs/transfer/adapter.h"
#include "lfs/transfer/transfer_options.h"

namespace lfsguard::lfs {

class BasicUpload final : public TransferAdapter {
 public:
  // All must outlive it.
  BasicUpload(Authenticator& authenticator, const ObjectStore& store, const TransferOptions& options)
      : authenticator_(authenticator), store_(store), options_(options) {}
  std::string name() const override { return "basic"; }
  Phase phase() const override { return Phase::upload; }
  void start(const TransferObject& object, const BatchObject& actions, Progress progress, Done done) override;

 private:
  Authenticator& authenticator_;
  const ObjectStore& store_;
  const TransferOptions& options_;
};

}  // namespace lfsguard::lfs
