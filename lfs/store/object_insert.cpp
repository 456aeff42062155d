#include "lfs/store/object_insert.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable_file.h"
#include "base/file_descriptor.h"

namespace lfsguard::lfs {
namespace {

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Error store_error(Error error, const ObjectStore& store) {
  const bool full = error.kind == ErrorKind::disk_full;
  Error outer = std::move(error).because("cannot write to the LFS store", store.root());
  if (outer.hint.empty())
    outer.hint = full ? "free some space on that disk, or move the store with lfs.storage"
                      : "make that folder writable, or move the store with lfs.storage";
  return outer;
}

// The new object's folder, each made with the store's modes and synced into its parent.
Status make_folder_chain(const ObjectStore& store, const std::string& path, bool durable = true) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return {};
  if (path.size() > store.root().size() || path.find('/', 1) != std::string::npos)
    TRY(make_folder_chain(store, folder_of(path), durable));
  if (::mkdir(path.c_str(), 0777) != 0) {
    if (errno == EEXIST) return {};
    return fail(errno_error("cannot make folder", path));
  }
  if (store.modes().shared() && path.size() > store.root().size() && ::stat(path.c_str(), &info) == 0)
    ::chmod(path.c_str(), (info.st_mode & S_ISGID) | store.modes().folder_mode(default_file_mode()));
  return durable ? sync_directory(folder_of(path)) : Status();
}

Result<TemporaryFile> temporary(const ObjectStore& store) {
  TRY(make_folder_chain(store, store.tmp_dir()));
  return TemporaryFile::create(store.tmp_dir(), "lfsguard-");
}

// The last step for every way in. An object that is there already, with the right size, stays the one that it is.
Status publish(const ObjectStore& store, TemporaryFile file, const Oid& oid, uint64_t size) {
  const std::string target = store.path_of(oid);
  struct stat info {};
  if (::stat(target.c_str(), &info) == 0 && static_cast<uint64_t>(info.st_size) == size) return {};
  TRY(make_folder_chain(store, folder_of(target)));
  return file.publish(target, store.modes().file_mode(default_file_mode()));
}

Status clone_link_or_copy(const ObjectStore& store, const std::string& path, const Oid& oid, uint64_t size, bool link) {
  const FileDescriptor from = TRY(open_file(path, O_RDONLY));
  {
    TemporaryFile file = TRY(temporary(store));
    if (::ioctl(file.fd(), FICLONE, from.get()) == 0) return publish(store, std::move(file), oid, size);
  }
  const std::string target = store.path_of(oid);
  TRY(make_folder_chain(store, folder_of(target)));
  if (link && (::link(path.c_str(), target.c_str()) == 0 || errno == EEXIST)) {
    struct stat info {};
    if (::stat(target.c_str(), &info) == 0 && static_cast<uint64_t>(info.st_size) == size)
      return sync_directory(folder_of(target));
  }
  TemporaryFile file = TRY(temporary(store));
  const Digested digested = TRY(copy_and_hash(source_of(from.get(), path), file.fd(), file.path()));
  if (digested.oid != oid || digested.size != size)
    return fail(ErrorKind::corrupt, "LFS object does not have the content its name says", path,
                "lfsguard lfs fsck takes it away; then get it again: lfsguard lfs fetch --all");
  return publish(store, std::move(file), oid, size);
}

}  // namespace

Status make_store_folder(const ObjectStore& store, const std::string& path, bool durable) {
  Status status = make_folder_chain(store, path, durable);
  if (!status) return fail(store_error(std::move(status.error()), store));
  return {};
}

Result<Digested> insert_object(const ObjectStore& store, const ByteSource& source) {
  Result<TemporaryFile> file = temporary(store);
  if (!file) return fail(store_error(std::move(file.error()), store));
  std::optional<Error> read_error;
  const ByteSource watched = [&](char* buffer, size_t size) {
    Result<size_t> n = source(buffer, size);
    if (!n) read_error = n.error();
    return n;
  };
  Result<Digested> digested = copy_and_hash(watched, file->fd(), file->path());
  if (read_error) return fail(std::move(*read_error));
  if (!digested) return fail(store_error(std::move(digested.error()), store));
  if (digested->size == 0) return digested;
  Status status = publish(store, std::move(*file), digested->oid, digested->size);
  if (!status) return fail(store_error(std::move(status.error()), store));
  return digested;
}

Result<Digested> insert_file(const ObjectStore& store, int fd, const std::string& name) {
  Result<TemporaryFile> file = temporary(store);
  if (!file) return fail(store_error(std::move(file.error()), store));
  if (::ioctl(file->fd(), FICLONE, fd) != 0) {
    file = fail(ErrorKind::unsupported, "");
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return insert_object(store, source_of(fd, name));
  }
  const Digested digested = TRY(hash_content(source_of(file->fd(), file->path())));
  if (digested.size == 0) return digested;
  Status status = publish(store, std::move(*file), digested.oid, digested.size);
  if (!status) return fail(store_error(std::move(status.error()), store));
  return digested;
}

Status adopt_file(const ObjectStore& store, const std::string& path, const Oid& oid, uint64_t size, bool verified) {
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("cannot stat", path));
  bool right = static_cast<uint64_t>(info.st_size) == size;
  if (right && !verified) right = TRY(hash_content(source_of(fd.get(), path))).oid == oid;
  if (!right) return fail(ErrorKind::corrupt, "content does not match its LFS object id", oid.hex());
  const std::string target = store.path_of(oid);
  const auto place = [&]() -> Status {
    TRY(make_folder_chain(store, folder_of(target)));
    if (::fchmod(fd.get(), store.modes().file_mode(default_file_mode())) != 0)
      return fail(errno_error("cannot set the mode of", path));
    if (::fsync(fd.get()) != 0) return fail(errno_error("cannot sync", path));
    if (::rename(path.c_str(), target.c_str()) != 0) return fail(errno_error("cannot rename into place", target));
    return sync_directory(folder_of(target));
  };
  Status status = place();
  if (!status) return fail(store_error(std::move(status.error()), store));
  return {};
}

Status insert_from_store(const ObjectStore& store, const std::string& path, const Oid& oid, uint64_t size, bool link) {
  if (store.find(oid, size) == store.path_of(oid)) return {};
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(errno_error("cannot read LFS object", path));
  if (static_cast<uint64_t>(info.st_size) != size)
    return fail(ErrorKind::corrupt, "LFS object does not have the size its pointer says", path,
                "lfsguard lfs fsck takes it away; then get it again: lfsguard lfs fetch --all");
  Status status = clone_link_or_copy(store, path, oid, size, link);
  if (!status && status.error().kind != ErrorKind::corrupt) return fail(store_error(std::move(status.error()), store));
  return status;
}

Result<std::string> bring_in(const ObjectStore& store, const Oid& oid, uint64_t size) {
  const std::optional<std::string> found = store.find(oid, size);
  if (!found) return fail(ErrorKind::not_found, "LFS object is not here", oid.hex(), "get it with: lfsguard lfs fetch");
  std::string own = store.path_of(oid);
  if (*found == own) return own;
  // A store that cannot be written to is no reason not to read the alternate's copy.
  const Status status = insert_from_store(store, *found, oid, size);
  return status ? own : *found;
}

}  // namespace lfsguard::lfs
