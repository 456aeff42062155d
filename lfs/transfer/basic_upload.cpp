#include "lfs/transfer/basic_upload.h"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/file_descriptor.h"
#include "base/sha256.h"

namespace lfsguard::lfs {
namespace {

bool is_named(const std::string& header, const char* name) { return ::strcasecmp(header.c_str(), name) == 0; }

// The object's bytes, checked before the last of them are handed out.
class Body {
 public:
  Body(const Oid& oid, uint64_t size, FileDescriptor file, std::string path)
      : oid_(oid), size_(size), file_(std::move(file)), path_(std::move(path)) {}

  Result<size_t> read(char* buffer, size_t size) {
    const size_t n = TRY(read_some(file_.get(), buffer, size, path_));
    digest_.update(buffer, n);
    read_ += n;
    if (read_ >= size_ && n > 0 && (read_ > size_ || Oid::from_raw(digest_.finish()) != oid_))
      return fail(ErrorKind::corrupt, "upload: the object in the store is damaged", path_,
                  "lfsguard lfs fsck moves it away; then get it again, or make it again with: git add --renormalize");
    return n;
  }
  Status rewind() {
    if (::lseek(file_.get(), 0, SEEK_SET) != 0) return fail(errno_error("cannot rewind", path_));
    digest_ = Digest(Digest::Algorithm::sha256);
    read_ = 0;
    return {};
  }

 private:
  Oid oid_;
  uint64_t size_, read_ = 0;
  FileDescriptor file_;
  std::string path_;
  Digest digest_{Digest::Algorithm::sha256};
};

}  // namespace

void BasicUpload::start(const TransferObject& object, const BatchObject& actions, Progress progress, Done done) {
  const auto give_up = [&](Error error) { done(Outcome{Outcome::Next::give_up, std::move(error), {}, false, false}); };
  const Action* const action = actions.action("upload");
  if (!action)
    return give_up({ErrorKind::remote, "upload: the server named no address for it", object.oid.hex(), {}, {}});
  const std::optional<std::string> path = store_.find(object.oid, object.size);
  if (!path)
    return give_up({ErrorKind::not_found,
                    "upload: the object is not here",
                    object.oid.hex(),
                    "get it from where it was made: lfsguard lfs fetch --all",
                    {}});
  Result<FileDescriptor> opened = open_file(*path, O_RDONLY);
  if (!opened) return give_up(std::move(opened.error()));
  ::posix_fadvise(opened->get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  const auto body = std::make_shared<Body>(object.oid, object.size, std::move(*opened), *path);

  HttpRequest request;
  request.method = "PUT";
  request.leg = "upload";
  request.url = action->href;
  request.timers = options_.timers;
  request.timers.response = response_allowance(options_.timers, object.size);
  bool typed = false;
  for (const auto& [name, value] : action->headers) {
    // The length is ours to know; both framings at once would be no valid request.
    if (is_named(name, "content-length")) continue;
    if (is_named(name, "transfer-encoding")) {
      request.chunked |= ::strcasecmp(value.c_str(), "chunked") == 0;
      continue;
    }
    typed |= is_named(name, "content-type");
    request.headers.emplace_back(name, value);
  }
  if (!typed) request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.upload_size = object.size;
  request.upload = [body](char* buffer, size_t size) { return body->read(buffer, size); };
  request.rewind = [body] { return body->rewind(); };
  request.on_progress = [progress = std::move(progress), size = object.size](uint64_t sent, uint64_t) {
    progress(std::min(sent, size));
  };
  authenticator_.submit_object(std::move(request), actions.authenticated,
                               [done = std::move(done)](HttpResponse response) {
                                 done(outcome_of(response, "upload", std::chrono::system_clock::now()));
                               });
}

}  // namespace lfsguard::lfs
