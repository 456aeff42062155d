#include "base/durable_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstring>
#include <filesystem>

namespace lfsguard {
namespace {

// What a signal handler may read: no allocation, no lock. A slot's path is sound while its state is `filled`.
struct TemporarySlot {
  enum State { empty, taken, filled };
  std::atomic<int> state{empty};
  char path[PATH_MAX];
};
TemporarySlot temporaries[64];

int remember(const std::string& path) {
  if (path.size() >= sizeof temporaries[0].path) return -1;
  for (size_t i = 0; i < std::size(temporaries); ++i) {
    int expected = TemporarySlot::empty;
    if (!temporaries[i].state.compare_exchange_strong(expected, TemporarySlot::taken)) continue;
    std::memcpy(temporaries[i].path, path.c_str(), path.size() + 1);
    temporaries[i].state = TemporarySlot::filled;
    return static_cast<int>(i);
  }
  return -1;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Status make_directories(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return fail(errno_error("cannot make folder", path, ENOTDIR));
  }
  if (path.find('/') != std::string::npos) {
    const std::string parent = folder_of(path);
    if (parent != path) TRY(make_directories(parent));
  }
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return fail(errno_error("cannot make folder", path));
  return {};
}

Status sync_directory(const std::string& path) {
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return fail(errno_error("cannot sync folder", path));
  return {};
}

unsigned default_file_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

Result<TemporaryFile> TemporaryFile::create(const std::string& folder, const std::string& prefix) {
  std::string name = folder + "/" + prefix + "XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return fail(errno_error("cannot make a temporary file in", folder));
  TemporaryFile file;
  file.fd_.reset(fd);
  file.path_ = std::move(name);
  file.slot_ = remember(file.path_);
  return file;
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : fd_(std::move(other.fd_)), path_(std::exchange(other.path_, {})), slot_(std::exchange(other.slot_, -1)) {}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(slot_, other.slot_);
  return *this;
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
  forget();
}

void TemporaryFile::forget() {
  path_.clear();
  if (slot_ >= 0) temporaries[slot_].state = TemporarySlot::empty;
  slot_ = -1;
}

void remove_temporary_files() {
  for (TemporarySlot& slot : temporaries)
    if (slot.state == TemporarySlot::filled) ::unlink(slot.path);
}

Status TemporaryFile::publish(const std::string& target, unsigned mode) {
  if (::fchmod(fd_.get(), mode) != 0) return fail(errno_error("cannot set the mode of", path_));
  if (::fsync(fd_.get()) != 0) return fail(errno_error("cannot sync", path_));
  if (::rename(path_.c_str(), target.c_str()) != 0) return fail(errno_error("cannot rename into place", target));
  forget();
  return sync_directory(folder_of(target));
}

Status replace_file_durably(const std::string& path, std::string_view data, unsigned mode_when_new) {
  std::string target = path;
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved)) target = resolved;
  unsigned mode = mode_when_new & (default_file_mode() | 0111);
  struct stat info {};
  if (::stat(target.c_str(), &info) == 0) mode = info.st_mode & 07777;
  const size_t slash = target.rfind('/');
  TemporaryFile file = TRY(TemporaryFile::create(
      folder_of(target), (slash == std::string::npos ? target : target.substr(slash + 1)) + ".lfsguard-"));
  TRY(write_all(file.fd(), data, file.path()));
  return file.publish(target, mode);
}

void remove_abandoned_copies(const std::string& path) {
  const std::string prefix = path.substr(path.rfind('/') + 1) + ".lfsguard-";
  constexpr size_t kRandom = 6;  // letters that mkstemp chooses
  std::error_code ignored;
  for (auto entry = std::filesystem::directory_iterator(folder_of(path), ignored); !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored))
    if (const std::string name = entry->path().filename().string(); name.starts_with(prefix) && name.size() == prefix.size() + kRandom) ::unlink(entry->path().c_str());
}

}  // namespace lfsguard
