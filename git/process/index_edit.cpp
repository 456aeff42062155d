// IndexFile::edit: changes made to a copy beside the index, which is then renamed over it under git's own lock.
//
// git judges a file by the index's own time stamp, too (a file that is as young may have changed since: "racily clean"), so the copy keeps it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "git/process/git_command.h"
#include "git/process/index_file.h"

namespace lfsguard::git {
namespace {

constexpr std::string_view kLockMark = "lfsguard\n";
constexpr int kAttempts = 3;

// What tells one state of a file from the next.
struct FileState {
  bool exists = false;
  struct stat info {};
  static FileState of(const std::string& path) {
    FileState state;
    state.exists = ::stat(path.c_str(), &state.info) == 0;
    return state;
  }
  bool operator==(const FileState& other) const {
    if (exists != other.exists || !exists) return exists == other.exists;
    return info.st_ino == other.info.st_ino && info.st_dev == other.info.st_dev && info.st_size == other.info.st_size &&
           info.st_mtim.tv_sec == other.info.st_mtim.tv_sec && info.st_mtim.tv_nsec == other.info.st_mtim.tv_nsec;
  }
};

Status copy_file(const std::string& from, const TemporaryFile& to, const FileState& state) {
  TRY(write_all(to.fd(), TRY(read_file(from)), to.path()));
  if (::fchmod(to.fd(), state.info.st_mode & 07777) != 0) return fail(errno_error("cannot set the mode of", to.path()));
  const timespec times[] = {state.info.st_atim, state.info.st_mtim};
  if (::futimens(to.fd(), times) != 0) return fail(errno_error("cannot set the time of", to.path()));
  return {};
}

// A folder for objects that nobody needs afterwards.
class ThrowAwayFolder {
 public:
  static Result<ThrowAwayFolder> make(const std::string& parent) {
    TRY(make_directories(parent));
    std::string name = parent + "/objects-XXXXXX";
    if (!::mkdtemp(name.data())) return fail(errno_error("cannot make a folder in", parent));
    return ThrowAwayFolder(std::move(name));
  }
  ThrowAwayFolder(ThrowAwayFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~ThrowAwayFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ThrowAwayFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Under the lock: the copy takes the index's place, unless that has changed. false: it has.
Result<bool> swap_in(const std::string& copy, const std::string& index, const FileState& before) {
  const std::string lock = index + ".lock";
  FileDescriptor fd(::open(lock.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd) {
    if (errno != EEXIST) return fail(errno_error("cannot lock the index", lock));
    return fail(ErrorKind::conflict, "another git command is changing the index", lock, "wait for it; if none is running, remove that file");
  }
  Status written = write_all(fd.get(), kLockMark, lock);
  if (!written || !(FileState::of(index) == before)) {
    ::unlink(lock.c_str());
    if (!written) return fail(std::move(written).error());
    return false;
  }
  const int code = ::rename(copy.c_str(), index.c_str()) == 0 ? 0 : errno;
  ::unlink(lock.c_str());
  if (code != 0) return fail(errno_error("cannot rename into place", index, code));
  return true;
}

}  // namespace

Result<std::string> IndexFile::path() const {
  if (!file_.empty()) return file_;
  return git_line(command({"rev-parse", "--path-format=absolute", "--git-path", "index"}));
}

Status IndexFile::edit(const std::function<Status(const IndexFile& copy)>& change) const {
  const std::string index = TRY(path());
  const Completed sparse_setting = TRY(run(command({"config", "--type=bool", "index.sparse"})));
  const bool sparse = sparse_setting.status == 0 && sparse_setting.output == "true\n";
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::optional<ThrowAwayFolder> objects;
    if (sparse) objects.emplace(TRY(ThrowAwayFolder::make(layout_->private_dir())));
    const FileState before = FileState::of(index);
    const TemporaryFile file = TRY(TemporaryFile::create(index.substr(0, index.rfind('/')), "index-lfsguard-"));
    if (before.exists) TRY(copy_file(index, file, before));
    else ::unlink(file.path().c_str());  // git takes an empty file for a damaged index
    IndexFile copy = *this;
    copy.file_ = file.path();
    copy.is_copy_ = true;
    if (objects) copy.object_dir_ = objects->path();
    TRY(change(copy));
    if (sparse) TRY(git_output(copy.command({"-c", "index.sparse=true", "update-index", "--force-write-index"})));
    if (::access(file.path().c_str(), F_OK) != 0) return {};
    const FileDescriptor written = TRY(open_file(file.path(), O_RDONLY));
    if (::fsync(written.get()) != 0) return fail(errno_error("cannot sync", file.path()));
    if (TRY(swap_in(file.path(), index, before))) return sync_directory(index.substr(0, index.rfind('/')));
  }
  return fail(ErrorKind::conflict, "another program keeps changing the index", index, "stop it, then run the command again");
}

void IndexFile::drop_own_lock() const {
  const auto index = path();
  if (!index) return;
  const auto content = read_file(*index + ".lock");
  if (content && *content == kLockMark) ::unlink((*index + ".lock").c_str());
}

}  // namespace lfsguard::git
