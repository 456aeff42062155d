#include "git/repository/object_writer.h"

#include <git2.h>

#include <cerrno>

namespace lfsguard::git {
namespace {

// libgit2's words of its last error on this thread.
tl::unexpected<Error> library_error(const char* what, const std::string& subject) {
  const int code = errno;
  Error error{code == ENOSPC || code == EDQUOT ? ErrorKind::disk_full : ErrorKind::io, what, subject, {}, {}};
  const git_error* last = git_error_last();
  if (last && last->message) error.causes.emplace_back(last->message);
  return fail(std::move(error));
}

}  // namespace

struct ObjectWriter::Handle {
  git_odb* database = nullptr;
  std::string folder;
  Handle() { git_libgit2_init(); }
  ~Handle() {
    git_odb_free(database);
    git_libgit2_shutdown();
  }
};

ObjectWriter::ObjectWriter(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
ObjectWriter::ObjectWriter(ObjectWriter&&) noexcept = default;
ObjectWriter::~ObjectWriter() = default;

Result<ObjectWriter> ObjectWriter::open(const std::string& object_dir) {
  auto handle = std::make_unique<Handle>();
  handle->folder = object_dir;
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  if (git_odb_open(&handle->database, object_dir.c_str()) != 0) return library_error("cannot open the object folder", object_dir);
  return ObjectWriter(std::move(handle));
}

Result<ObjectId> ObjectWriter::write_blob(std::string_view content) {
  git_oid oid;
  errno = 0;
  if (git_odb_write(&oid, handle_->database, content.data(), content.size(), GIT_OBJECT_BLOB) != 0)
    return library_error("cannot write an object", handle_->folder);
  return ObjectId::from_raw(oid.id);
}

}  // namespace lfsguard::git
