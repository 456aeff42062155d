#include "lfs/filter/smudge.h"

#include <fcntl.h>

#include <memory>

#include "base/file_descriptor.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {
namespace {

constexpr size_t kChunk = 1 << 20;

Status pass_on(const ByteSource& source, const ByteSink& sink) {
  const auto buffer = std::make_unique<char[]>(kChunk);
  for (;;) {
    const size_t n = TRY(source(buffer.get(), kChunk));
    if (n > 0) TRY(sink({buffer.get(), n}));
    if (n < kChunk) return {};
  }
}

Status fetch_one(MissingObjects& missing, const std::string& path, const Pointer& pointer) {
  missing.want(path, pointer);
  Status status;
  for (auto outcomes = missing.wait(); !outcomes.empty(); outcomes = missing.wait())
    for (MissingObjects::Outcome& outcome : outcomes)
      if (outcome.pointer.oid == pointer.oid) status = std::move(outcome.status);
  return status;
}

}  // namespace

bool is_here(const ObjectStore& store, const Pointer& pointer) {
  return pointer.stands_for_nothing() || store.contains(pointer.oid, pointer.size);
}

Status write_object(const ObjectStore& store, const Pointer& pointer, const ByteSink& sink) {
  if (pointer.stands_for_nothing()) return {};
  const std::string path = TRY(bring_in(store, pointer.oid, pointer.size));
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return pass_on(source_of(fd.get(), path), sink);
}

Status smudge(const ObjectStore& store, const SmudgePolicy& policy, MissingObjects& missing, const std::string& path,
              std::string_view head, const ByteSource& rest, const ByteSink& sink,
              const std::function<void(std::string_view)>& note) {
  const ParsedPointer parsed = parse_pointer(head);
  if (!parsed.is_pointer()) {
    TRY(sink(head));
    if (head.size() >= kPointerSizeLimit) TRY(pass_on(rest, sink));
    note("Pointer file error: Unable to parse pointer at: \"" + path + "\"");
    return {};
  }
  if (policy.keeps_pointer(path)) return sink(format_pointer(parsed.pointer));
  if (!is_here(store, parsed.pointer)) {
    Status status = fetch_one(missing, path, parsed.pointer);
    if (!status) {
      if (!policy.skip_download_errors)
        return fail(std::move(status.error()).because("cannot get the LFS object of", path));
      note("LFS object of " + path + " could not be had, its pointer stays: " + to_line(status.error()));
      return sink(format_pointer(parsed.pointer));
    }
  }
  if (parsed.pointer.extensions.empty() || parsed.pointer.stands_for_nothing())
    return write_object(store, parsed.pointer, sink);
  if (policy.write_extended) return policy.write_extended(path, parsed.pointer, sink);
  return fail(ErrorKind::config, "this file needs an LFS extension", parsed.pointer.extensions.front().name);
}

}  // namespace lfsguard::lfs
