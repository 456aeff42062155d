// The LFS client of one repository: its settings and its store, and the two things that everything else is made of,
// upload and download.
//
//   Client client = TRY(Client::open(layout));
//   TransferReport report = TRY(client.upload("origin", objects, "refs/heads/main", events));
//
// Where a remote's objects go (HTTP, by way of SSH, another repository on this machine) is decided by
// lfs/net/endpoint.h.
#pragma once

#include <string>
#include <vector>

#include "git/process/repository_layout.h"
#include "lfs/net/client_config.h"
#include "lfs/net/endpoint.h"
#include "lfs/store/object_store.h"
#include "lfs/transfer/transfer_event.h"
#include "lfs/transfer/transfer_queue.h"

namespace lfsguard::lfs {

class Client {
 public:
  static Result<Client> open(const git::RepositoryLayout& layout);

  // `remote`: a name, or a URL in its place. Objects nobody has to move are no failure. Errors: only what stops
  // everything before a byte moves. An object that is not here fails only when the server asks for it (with
  // lfs.allowincompletepush not even then).
  Result<TransferReport> upload(const std::string& remote, std::vector<TransferObject> objects, const std::string& ref,
                                const EventSink& events) const;
  // Into this repository's store. Objects that are here already are left out. `finished`: called for each object as it
  // comes.
  Result<TransferReport> download(const std::string& remote, std::vector<TransferObject> objects,
                                  const EventSink& events,
                                  const std::function<void(const TransferObject&)>& finished = {}) const;

  // Those of the objects that the remote cannot give back.
  Result<std::vector<Oid>> missing_on(const std::string& remote, const std::vector<TransferObject>& objects) const;

  // One call to the remote's LFS API ("/locks"), with its credentials. Any answer is a result; an error is none at all.
  Result<HttpResponse> call_api(const std::string& remote, Operation operation, const std::string& method,
                                const std::string& path, std::string body) const;

  const git::RepositoryLayout& layout() const { return layout_; }
  const ClientConfig& config() const { return config_; }
  const ObjectStore& store() const { return store_; }

 private:
  Client(git::RepositoryLayout layout, ClientConfig config, ObjectStore store)
      : layout_(std::move(layout)), config_(std::move(config)), store_(std::move(store)) {}
  Result<TransferReport> transfer(const std::string& remote, Operation operation, std::vector<TransferObject> objects,
                                  const std::string& ref, const EventSink& events,
                                  const std::function<void(const TransferObject&)>& finished) const;
  TransferReport over_http(const Endpoint& endpoint, Operation operation, const std::vector<TransferObject>& objects,
                           const std::string& ref, const EventSink& events,
                           const std::function<void(const TransferObject&)>& finished) const;
  struct Line;  // everything that one conversation with a server needs
  git::RepositoryLayout layout_;
  ClientConfig config_;
  ObjectStore store_;
};

}  // namespace lfsguard::lfs
