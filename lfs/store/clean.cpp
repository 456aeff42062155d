#include "lfs/store/clean.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lfs/store/hashing_copy.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {
namespace {

Cleaned cleaned_of(const Digested& digested) {
  Pointer pointer{digested.oid, digested.size, {}};
  return {format_pointer(pointer), std::move(pointer)};
}

// `take`: what becomes of content that is no pointer.
template <typename Take>
Result<Cleaned> clean_into(const ByteSource& source, Take take) {
  std::string head(kPointerSizeLimit, '\0');
  head.resize(TRY(source(head.data(), head.size())));
  if (parse_pointer(head).is_pointer()) return Cleaned{std::move(head), std::nullopt};
  // A short read means that the content has ended; the source must not be asked again.
  const ByteSource nothing = [](char*, size_t) -> Result<size_t> { return size_t{0}; };
  return cleaned_of(TRY(take(joined(head, head.size() < kPointerSizeLimit ? nothing : source))));
}

}  // namespace

Result<Cleaned> clean(const ObjectStore& store, const ByteSource& source) {
  return clean_into(source, [&](const ByteSource& content) { return insert_object(store, content); });
}

Result<Cleaned> clean_without_storing(const ByteSource& source) {
  return clean_into(source, [](const ByteSource& content) { return hash_content(content); });
}

Result<Cleaned> clean_fd(const ObjectStore& store, int fd, const std::string& name) {
  struct stat info {};
  const bool whole_file = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && ::lseek(fd, 0, SEEK_CUR) == 0 &&
                          static_cast<uint64_t>(info.st_size) >= kPointerSizeLimit;
  if (!whole_file) return clean(store, source_of(fd, name));
  return cleaned_of(TRY(insert_file(store, fd, name)));
}

}  // namespace lfsguard::lfs
