#include "lfs/transfer/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {

Result<std::unique_ptr<PartFile>> PartFile::open(const ObjectStore& store, const Oid& oid, uint64_t size) {
  TRY(make_store_folder(store, store.incomplete_dir()));
  std::unique_ptr<PartFile> part(new PartFile(store, oid, size));
  part->path_ = store.incomplete_dir() + "/" + oid.hex() + ".part";
  // Another process may finish (rename) or drop the file between our open and our lock: then the lock is on a file that
  // is gone.
  for (;;) {
    part->fd_ = TRY(open_file(part->path_, O_RDWR | O_CREAT, 0600));
    if (::flock(part->fd_.get(), LOCK_EX | LOCK_NB) != 0)
      return fail(ErrorKind::conflict, "another process is downloading this object", oid.hex());
    struct stat ours {
    }, named{};
    if (::fstat(part->fd_.get(), &ours) == 0 && ::stat(part->path_.c_str(), &named) == 0 && ours.st_ino == named.st_ino)
      break;
  }
  std::string buffer(1 << 20, '\0');
  for (;;) {
    const size_t n = TRY(read_some(part->fd_.get(), buffer.data(), buffer.size(), part->path_));
    part->digest_.update(buffer.data(), n);
    part->length_ += n;
    if (n < buffer.size()) break;
  }
  if (part->length_ > size) TRY(part->restart());
  return part;
}

Status PartFile::append(std::string_view data) {
  if (length_ + data.size() > size_) return fail(ErrorKind::corrupt, "more bytes came than the object has", oid_.hex());
  TRY(write_all(fd_.get(), data, path_));
  digest_.update(data);
  length_ += data.size();
  return {};
}

Status PartFile::restart() {
  if (::ftruncate(fd_.get(), 0) != 0 || ::lseek(fd_.get(), 0, SEEK_SET) != 0)
    return fail(errno_error("cannot empty", path_));
  digest_ = Digest(Digest::Algorithm::sha256);
  length_ = 0;
  return {};
}

Status PartFile::finish() {
  if (length_ == size_ && Oid::from_raw(digest_.finish()) == oid_) return adopt_file(store_, path_, oid_, size_, true);
  ::unlink(path_.c_str());
  return fail(ErrorKind::corrupt, "the bytes that came are not the object", oid_.hex());
}

}  // namespace lfsguard::lfs
