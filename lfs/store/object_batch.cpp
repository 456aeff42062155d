#include "lfs/store/object_batch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {
namespace {

Error store_error(Error error, const ObjectStore& store) {
  Error outer = std::move(error).because("cannot write to the LFS store", store.root());
  if (outer.hint.empty()) outer.hint = "make that folder writable, or move the store with lfs.storage";
  return outer;
}

}  // namespace

ObjectBatch::~ObjectBatch() {
  for (const Waiting& waiting : waiting_)
    if (!waiting.path.empty()) ::unlink(waiting.path.c_str());
}

Result<Digested> ObjectBatch::add(const ByteSource& source) {
  TRY(make_store_folder(store_, store_.tmp_dir()));
  std::string path = store_.tmp_dir() + "/lfsguard-XXXXXX";
  FileDescriptor fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd) return fail(store_error(errno_error("cannot make a temporary file in", store_.tmp_dir()), store_));
  Result<Digested> digested = copy_and_hash(source, fd.get(), path);
  if (digested && ::fchmod(fd.get(), store_.modes().file_mode(default_file_mode())) != 0)
    digested = fail(store_error(errno_error("cannot set the mode of", path), store_));
  if (!digested || digested->size == 0 || store_.find(digested->oid, digested->size) == store_.path_of(digested->oid)) {
    ::unlink(path.c_str());
    return digested;
  }
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(path), *digested});
  return digested;
}

Status ObjectBatch::commit() {
  if (waiting_.empty()) return {};
  const FileDescriptor root = TRY(open_file(store_.root(), O_RDONLY | O_DIRECTORY));
  if (::syncfs(root.get()) != 0) return fail(store_error(errno_error("cannot sync", store_.root()), store_));
  for (Waiting& waiting : waiting_) {
    const std::string target = store_.path_of(waiting.digested.oid);
    TRY(make_store_folder(store_, target.substr(0, target.rfind('/')), false));
    if (::rename(waiting.path.c_str(), target.c_str()) != 0) return fail(store_error(errno_error("cannot rename into place", target), store_));
    waiting.path.clear();
  }
  if (::syncfs(root.get()) != 0) return fail(store_error(errno_error("cannot sync", store_.root()), store_));
  waiting_.clear();
  return {};
}

}  // namespace lfsguard::lfs
