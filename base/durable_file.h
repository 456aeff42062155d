// Files that appear whole or not at all.
//
// Order: write to a temporary file in the same folder, fsync it, rename it over the target, fsync the folder. A crash leaves the old
// file or the new one, and at worst a temporary file named `<name>.lfsguard-XXXXXX` beside it.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace lfsguard {

// Like mkdir -p; modes are left to the umask.
Status make_directories(const std::string& path);

Status sync_directory(const std::string& path);

// Replaces (or makes) `path`. The old file's permission bits are kept; a symbolic link is followed.
Status replace_file_durably(const std::string& path, std::string_view data, unsigned mode_when_new = 0666);

// Removes what killed calls of the above left beside `path`. Only where nobody else replaces that file meanwhile.
void remove_abandoned_copies(const std::string& path);

// Removes the temporary files that are being filled (the first 64 of them). For a signal handler that ends the process next: it calls nothing that
// such a handler must not call.
void remove_temporary_files();

// A temporary file being filled; removed when destroyed unless published, and when a signal ends the process (base/interrupt.h).
class TemporaryFile {
 public:
  // In `folder`, which must exist; the name starts with `prefix`.
  static Result<TemporaryFile> create(const std::string& folder, const std::string& prefix);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;
  ~TemporaryFile();
  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }
  // fsync, rename to `target` (same file system), fsync of target's folder. `mode` is given to the file as it is (no umask).
  Status publish(const std::string& target, unsigned mode);

 private:
  TemporaryFile() = default;
  void forget();
  FileDescriptor fd_;
  std::string path_;
  int slot_ = -1;  // where a signal handler finds the path; -1 where all were taken
};

// The mode a new file would get from open(0666) now.
unsigned default_file_mode();

}  // namespace lfsguard
