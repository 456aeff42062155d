#include "git/objects/multi_pack_index.h"

#include "git/objects/chunk_file.h"

namespace lfsguard::git {

Result<MultiPackIndex> MultiPackIndex::open(const std::string& path) {
  MultiPackIndex index;
  index.map_ = TRY(MappedFile::open(path));
  const uint8_t* data = index.map_.data();
  const auto corrupt = [&](const char* why) {
    Error error{ErrorKind::corrupt, "multi-pack index is damaged", path, "run 'git multi-pack-index write'", {}};
    error.causes.emplace_back(why);
    return fail(std::move(error));
  };
  if (index.map_.size() < 12 || read_be32(data) != 0x4d494458) return corrupt("it does not begin with MIDX");
  if (data[4] != 1 || data[5] != 1) return corrupt("its version or hash is not known");
  const unsigned chunks = data[6];
  const uint32_t packs = read_be32(data + 8);
  auto table = read_chunk_table(index.map_.view(), 12, chunks);
  if (!table) return corrupt("its table of contents leaves the file");

  std::string_view names = (*table)[chunk_id("PNAM")];
  for (uint32_t i = 0; i < packs; ++i) {
    const size_t nul = names.find('\0');
    if (nul == std::string_view::npos) return corrupt("it names fewer packs than it says");
    index.pack_names_.emplace_back(names.substr(0, nul));
    names.remove_prefix(nul + 1);
  }
  const std::string_view fanout = (*table)[chunk_id("OIDF")];
  const std::string_view ids = (*table)[chunk_id("OIDL")];
  const std::string_view offsets = (*table)[chunk_id("OOFF")];
  const std::string_view large = (*table)[chunk_id("LOFF")];
  if (fanout.size() != 1024) return corrupt("its fan-out table has the wrong size");
  index.fanout_ = reinterpret_cast<const uint8_t*>(fanout.data());
  for (int i = 1; i < 256; ++i)
    if (read_be32(index.fanout_ + 4 * (i - 1)) > read_be32(index.fanout_ + 4 * i)) return corrupt("its fan-out table is not monotonic");
  index.count_ = read_be32(index.fanout_ + 1020);
  if (ids.size() != index.count_ * 20ull || offsets.size() != index.count_ * 8ull) return corrupt("its size does not fit its object count");
  index.ids_ = reinterpret_cast<const uint8_t*>(ids.data());
  index.offsets_ = reinterpret_cast<const uint8_t*>(offsets.data());
  index.large_offsets_ = reinterpret_cast<const uint8_t*>(large.data());
  index.large_count_ = large.size() / 8;
  return index;
}

std::optional<std::pair<uint32_t, uint64_t>> MultiPackIndex::find(const ObjectId& id) const {
  uint32_t low = id.bytes[0] == 0 ? 0 : read_be32(fanout_ + 4 * (id.bytes[0] - 1));
  uint32_t high = read_be32(fanout_ + 4 * id.bytes[0]);
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = std::memcmp(ids_ + middle * 20ull, id.bytes.data(), ObjectId::kSize);
    if (order == 0) {
      const uint32_t pack = read_be32(offsets_ + middle * 8ull);
      uint64_t offset = read_be32(offsets_ + middle * 8ull + 4);
      if (large_count_ > 0 && (offset & 0x80000000u)) {
        const uint64_t slot = offset & 0x7fffffffu;
        if (slot >= large_count_) return std::nullopt;
        offset = read_be64(large_offsets_ + slot * 8);
      }
      if (pack >= pack_names_.size()) return std::nullopt;
      return std::pair{pack, offset};
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return std::nullopt;
}

}  // namespace lfsguard::git
