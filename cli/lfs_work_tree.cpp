#include "cli/lfs_work_tree.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <unordered_set>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "cli/context.h"
#include "cli/lfs_lockable.h"
#include "git/process/git_command.h"
#include "lfs/filter/extension.h"
#include "lfs/filter/smudge.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::cli {
namespace {

using lfs::ListedPointer;

lfsguard::Command git_at_top(const lfs::Client& client, std::vector<std::string> arguments) {
  return git::git_command(std::move(arguments), client.layout().work_tree);
}

// Paths of the index that a sparse checkout leaves out. "S <path>" with NUL at the end.
Result<std::unordered_set<std::string>> skipped_paths(const lfs::Client& client) {
  const std::string text = TRY(git::git_output(git_at_top(client, {"ls-files", "-t", "-z"})));
  std::unordered_set<std::string> skipped;
  for (const std::string_view item : git::split_nul(text))
    if (item.starts_with("S ")) skipped.emplace(item.substr(2));
  return skipped;
}

// Of the given paths those that git's attributes give filter=lfs. "<path> NUL filter NUL <value> NUL".
Result<std::unordered_set<std::string>> covered_paths(const lfs::Client& client,
                                                      const std::vector<ListedPointer>& pointers) {
  lfsguard::Command command = git_at_top(client, {"check-attr", "--stdin", "-z", "filter"});
  std::string input;
  for (const ListedPointer& listed : pointers) input += listed.path + std::string(1, '\0');
  command.input = std::move(input);
  const std::string text = TRY(git::git_output(command));
  const std::vector<std::string_view> fields = git::split_nul(text);
  std::unordered_set<std::string> covered;
  for (size_t i = 0; i + 2 < fields.size(); i += 3)
    if (fields[i + 2] == "lfs") covered.emplace(fields[i]);
  return covered;
}

// Makes the folders of a path below the work tree; one that is a symbolic link or a file is an error.
Status make_parents(const std::string& top, const std::string& path) {
  for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = top + "/" + path.substr(0, slash);
    struct stat info {};
    if (::lstat(folder.c_str(), &info) != 0) {
      if (::mkdir(folder.c_str(), 0777) != 0) return fail(errno_error("cannot make folder", folder));
    } else if (!S_ISDIR(info.st_mode)) {
      return fail(ErrorKind::conflict, "something else lies where a folder is needed", folder);
    }
  }
  return {};
}

// Whether the file may be written: it is missing, or its content is still a pointer to the same object.
bool is_placeholder(const std::string& full, const lfs::Pointer& pointer) {
  struct stat info {};
  if (::lstat(full.c_str(), &info) != 0) return errno == ENOENT || errno == ENOTDIR;
  if (!S_ISREG(info.st_mode) || static_cast<size_t>(info.st_size) >= lfs::kPointerSizeLimit) return false;
  const Result<std::string> content = read_file(full);
  if (!content || content->empty()) return false;
  const lfs::ParsedPointer parsed = lfs::parse_pointer(*content);
  return parsed.is_pointer() && parsed.pointer.oid == pointer.oid;
}

// The object's content at `full`, written beside it and renamed. Not synced: git does not sync its work tree either, and the object itself is safe in the
// store.
Status place_content(const lfs::Client& client, const lfs::Extensions& extensions, const ListedPointer& listed, const std::string& full, unsigned mode) {
  const size_t slash = full.rfind('/');
  TemporaryFile file = TRY(TemporaryFile::create(slash == std::string::npos ? "." : full.substr(0, slash + 1), ".lfsguard-"));
  if (listed.pointer.extensions.empty()) {
    const std::string object = TRY(lfs::bring_in(client.store(), listed.pointer.oid, listed.pointer.size));
    const FileDescriptor from = TRY(open_file(object, O_RDONLY));
    if (::ioctl(file.fd(), FICLONE, from.get()) != 0)
      TRY(lfs::write_object(client.store(), listed.pointer, lfs::sink_to(file.fd(), full)));
  } else {
    TRY(lfs::smudge_through(extensions, client.store(), listed.path, listed.pointer, lfs::sink_to(file.fd(), full)));
  }
  if (::fchmod(file.fd(), mode) != 0) return fail(errno_error("cannot set the mode of", full));
  if (::rename(file.path().c_str(), full.c_str()) != 0) return fail(errno_error("cannot write", full));
  return {};
}

Status write_file(const lfs::Client& client, const lfs::Extensions& extensions, const ListedPointer& listed, bool read_only) {
  const std::string& top = client.layout().work_tree;
  TRY(make_parents(top, listed.path));
  const unsigned mode = default_file_mode();
  const unsigned executable = listed.executable ? (mode & 0444) >> 2 : 0;
  return place_content(client, extensions, listed, top + "/" + listed.path, read_only ? lockable_mode(mode | executable, false) : mode | executable);
}

}  // namespace

Result<std::vector<ListedPointer>> pointers_to_check_out(const lfs::Client& client) {
  std::vector<ListedPointer> pointers = TRY(lfs::pointers_in_index(client.layout()));
  if (pointers.empty()) return pointers;
  const auto skipped = TRY(skipped_paths(client));
  const auto covered = TRY(covered_paths(client, pointers));
  std::erase_if(pointers, [&](const ListedPointer& listed) {
    return skipped.contains(listed.path) || !covered.contains(listed.path);
  });
  return pointers;
}

Result<CheckoutReport> check_out(const lfs::Client& client, const std::vector<ListedPointer>& pointers,
                                 const std::function<void(uint64_t bytes)>& advance) {
  CheckoutReport report;
  const lfs::Extensions extensions = lfs::Extensions::read(client.config());
  std::string refreshed;
  const auto lockable = pointers.empty() ? std::unordered_set<std::string>() : TRY(lockable_files(client));
  const auto held = lockable.empty() ? std::unordered_set<std::string>() : held_locks(client.layout());
  for (const ListedPointer& listed : pointers) {
    const std::string full = client.layout().work_tree + "/" + listed.path;
    if (!is_placeholder(full, listed.pointer)) continue;
    if (!lfs::is_here(client.store(), listed.pointer)) {
      report.missing.push_back(listed.path);
      continue;
    }
    Status status = write_file(client, extensions, listed, lockable.contains(listed.path) && !held.contains(listed.path));
    if (!status) {
      report.failed.emplace_back(listed.path, std::move(status.error()));
      continue;
    }
    ++report.written;
    report.bytes += listed.pointer.size;
    refreshed += listed.path + std::string(1, '\0');
    if (advance) advance(report.bytes);
  }
  if (refreshed.empty()) return report;
  // The files are hashed once more, to be sure of what the index will call unchanged; they are not stored again.
  std::string filter = "'";
  for (const char c : Context::program_path()) filter += c == '\'' ? std::string("'\\''") : std::string(1, c);
  lfsguard::Command command = git_at_top(client, {"-c", "filter.lfs.process=" + filter + "' lfs filter-process", "update-index", "-q", "--refresh", "-z", "--stdin"});
  command.environment = {"LFSGUARD_COMPARE_ONLY=1"};
  command.input = std::move(refreshed);
  (void)TRY(run(command));  // says 1 when a file needs an update for another reason
  return report;
}

Status check_out_to(const lfs::Client& client, const ListedPointer& listed, const std::string& target) {
  struct stat info {};
  if (::lstat(target.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && ::rmdir(target.c_str()) != 0)
    return fail(errno_error("a folder stands where the file goes, and cannot be removed", target));
  return place_content(client, lfs::Extensions::read(client.config()), listed, target, default_file_mode());
}

}  // namespace lfsguard::cli
