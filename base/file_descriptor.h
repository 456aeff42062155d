// Owned file descriptors, whole-buffer reads and writes, read-only maps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lfsguard {

// Owns one descriptor; closes it when destroyed. -1 is "none".
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// O_CLOEXEC is added. Error: "cannot open" with the path.
Result<FileDescriptor> open_file(const std::string& path, int flags, unsigned mode = 0666);

// Writes all bytes; retries on EINTR and short writes. `name` is only for the error.
Status write_all(int fd, std::string_view data, const std::string& name);
// Reads up to `size` bytes, fewer only at end of file. Returns how many.
Result<size_t> read_some(int fd, void* buffer, size_t size, const std::string& name);
Result<std::string> read_all(int fd, const std::string& name);
// kind not_found when there is no such file.
Result<std::string> read_file(const std::string& path);

// A file mapped read-only; unmapped when destroyed. An empty file has size 0 and no map. Safe to share between threads.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  static Result<MappedFile> open(const std::string& path);
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace lfsguard
