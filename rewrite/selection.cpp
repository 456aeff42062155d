#include "rewrite/selection.h"

namespace lfsguard::rewrite {

Result<BlobKinds::Kind> BlobKinds::kind(const ObjectId& oid) {
  const auto [slot, fresh] = known_.try_emplace(oid);
  Kind& kind = slot->second;
  if (!fresh) return kind;
  auto header = reader_.header(oid);
  if (!header) {
    if (header.error().kind != ErrorKind::not_found) return fail(std::move(header).error());
    kind.missing = true;
    return kind;
  }
  kind.size = header->size;
  if (kind.size > 0 && kind.size < lfs::kPointerSizeLimit) {
    const git::Object object = TRY(reader_.read(oid));
    const lfs::ParsedPointer parsed = lfs::parse_pointer(object.view());
    kind.pointer = parsed.is_pointer();
    if (kind.pointer) kind.object_size = parsed.pointer.size;
  }
  if (options_.direction == Direction::to_files)
    kind.convertible = kind.pointer;
  else
    kind.convertible = kind.size > 0 && !kind.pointer && (!options_.only_large_versions || !options_.above || kind.size >= *options_.above);
  return kind;
}

}  // namespace lfsguard::rewrite
