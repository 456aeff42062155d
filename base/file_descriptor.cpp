#include "base/file_descriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lfsguard {

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<FileDescriptor> open_file(const std::string& path, int flags, unsigned mode) {
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return fail(errno_error("cannot open", path));
  return FileDescriptor(fd);
}

Status write_all(int fd, std::string_view data, const std::string& name) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return fail(errno_error("cannot write", name));
    }
    data.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Result<size_t> read_some(int fd, void* buffer, size_t size, const std::string& name) {
  size_t total = 0;
  while (total < size) {
    const ssize_t n = ::read(fd, static_cast<char*>(buffer) + total, size - total);
    if (n < 0) {
      if (errno == EINTR) continue;
      return fail(errno_error("cannot read", name));
    }
    if (n == 0) break;
    total += static_cast<size_t>(n);
  }
  return total;
}

Result<std::string> read_all(int fd, const std::string& name) {
  std::string data;
  struct stat info {};
  size_t step = 65536;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) step = static_cast<size_t>(info.st_size) + 1;
  for (;;) {
    const size_t old = data.size();
    data.resize(old + step);
    const size_t n = TRY(read_some(fd, data.data() + old, step, name));
    data.resize(old + n);
    if (n < step) return data;
    step = 65536;
  }
}

Result<std::string> read_file(const std::string& path) {
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
  return read_all(fd.get(), path);
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<uint8_t*>(data_), size_);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("cannot stat", path));
  MappedFile map;
  if (info.st_size == 0) return map;
  void* data = ::mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return fail(errno_error("cannot map", path));
  map.data_ = static_cast<const uint8_t*>(data);
  map.size_ = static_cast<size_t>(info.st_size);
  return map;
}

}  // namespace lfsguard
