#include "git/objects/pack_index.h"

#include <algorithm>
#include <numeric>

#include "git/objects/big_endian.h"

namespace lfsguard::git {
namespace {

constexpr size_t kFanoutSize = 256 * 4;
constexpr size_t kTrailerSize = 40;  // pack checksum, index checksum

tl::unexpected<Error> corrupt(const std::string& path, const char* why) {
  Error error{ErrorKind::corrupt, "pack index is damaged", path, "run 'git fsck'; 'git index-pack' on the pack makes a new index", {}};
  error.causes.emplace_back(why);
  return fail(std::move(error));
}

// Positions sorted by offset: least significant digit first, 16 bits at a time, as many rounds as the largest offset needs.
std::vector<uint32_t> sort_by_offset(const PackIndex& index) {
  const uint32_t count = index.count();
  struct Item {
    uint64_t offset;
    uint32_t position;
  };
  std::vector<Item> items(count), scratch(count);
  uint64_t largest = 0;
  for (uint32_t i = 0; i < count; ++i) {
    items[i] = {index.offset(i), i};
    largest = std::max(largest, items[i].offset);
  }
  for (int shift = 0; shift < 64 && (largest >> shift) != 0; shift += 16) {
    std::vector<uint32_t> starts(65537);
    for (const Item& item : items) ++starts[((item.offset >> shift) & 0xffff) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const Item& item : items) scratch[starts[(item.offset >> shift) & 0xffff]++] = item;
    items.swap(scratch);
  }
  std::vector<uint32_t> order(count);
  for (uint32_t i = 0; i < count; ++i) order[i] = items[i].position;
  return order;
}

}  // namespace

Result<PackIndex> PackIndex::open(const std::string& path) {
  PackIndex index;
  index.map_ = TRY(MappedFile::open(path));
  const uint8_t* data = index.map_.data();
  const size_t size = index.map_.size();
  if (size < kFanoutSize + kTrailerSize) return corrupt(path, "it is too short");
  size_t header = 0;
  index.version_ = 1;
  if (read_be32(data) == 0xff744f63) {
    index.version_ = static_cast<int>(read_be32(data + 4));
    header = 8;
    if (index.version_ != 2) return corrupt(path, "its version is neither 1 nor 2");
    if (size < header + kFanoutSize + kTrailerSize) return corrupt(path, "it is too short");
  }
  index.fanout_ = data + header;
  for (int i = 1; i < 256; ++i)
    if (read_be32(index.fanout_ + 4 * (i - 1)) > read_be32(index.fanout_ + 4 * i)) return corrupt(path, "its fan-out table is not monotonic");
  index.count_ = read_be32(index.fanout_ + 4 * 255);

  const size_t count = index.count_;
  const size_t body = size - header - kFanoutSize - kTrailerSize;
  if (index.version_ == 1) {
    if (body != count * 24) return corrupt(path, "its size does not fit its object count");
    index.ids_ = data + kFanoutSize + 4;
    index.id_stride_ = 24;
    return index;
  }
  if (body < count * 28 || (body - count * 28) % 8 != 0) return corrupt(path, "its size does not fit its object count");
  index.ids_ = data + header + kFanoutSize;
  index.offsets_ = index.ids_ + count * 24;
  index.large_offsets_ = index.offsets_ + count * 4;
  index.large_count_ = (body - count * 28) / 8;
  return index;
}

uint64_t PackIndex::offset(uint32_t position) const {
  if (version_ == 1) return read_be32(raw_id(position) - 4);
  const uint32_t value = read_be32(offsets_ + static_cast<size_t>(position) * 4);
  if (!(value & 0x80000000u)) return value;
  const uint32_t slot = value & 0x7fffffffu;
  return slot < large_count_ ? read_be64(large_offsets_ + static_cast<size_t>(slot) * 8) : UINT64_MAX;
}

std::optional<uint32_t> PackIndex::find(const ObjectId& id) const {
  const uint8_t first = id.bytes[0];
  uint32_t low = first == 0 ? 0 : read_be32(fanout_ + 4 * (first - 1));
  uint32_t high = read_be32(fanout_ + 4 * first);
  // Ids are uniform, so the next bytes say about where one is; what is not found so is bisected.
  const uint64_t key = read_be32(id.bytes.data() + 1);
  uint64_t low_key = 0, high_key = 1ull << 32;
  for (int guesses = 4; low < high; --guesses) {
    uint32_t middle = low + (high - low) / 2;
    if (guesses > 0 && low_key <= key && key < high_key) middle = low + static_cast<uint32_t>((high - low) * (key - low_key) / (high_key - low_key));
    const uint8_t* at = raw_id(middle);
    const int order = std::memcmp(at, id.bytes.data(), ObjectId::kSize);
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
      low_key = read_be32(at + 1);
    } else {
      high = middle;
      high_key = read_be32(at + 1);
    }
  }
  return std::nullopt;
}

std::vector<uint32_t> PackIndex::pack_order(const std::string& rev_path) const {
  // .rev: "RIDX", version 1, hash id 1, then a 4-byte position for each object in pack order, then two checksums.
  if (auto map = MappedFile::open(rev_path); map && map->size() == 12 + static_cast<size_t>(count_) * 4 + 40 &&
                                             read_be32(map->data()) == 0x52494458 && read_be32(map->data() + 4) == 1 &&
                                             read_be32(map->data() + 8) == 1 &&
                                             std::memcmp(map->data() + map->size() - 40, map_.data() + map_.size() - 40, 20) == 0) {
    std::vector<uint32_t> order(count_);
    uint64_t previous = 0;
    bool sound = true;
    for (uint32_t i = 0; i < count_ && sound; ++i) {
      order[i] = read_be32(map->data() + 12 + static_cast<size_t>(i) * 4);
      sound = order[i] < count_;
      if (sound) {
        const uint64_t here = offset(order[i]);
        sound = i == 0 || here > previous;
        previous = here;
      }
    }
    if (sound) return order;
  }
  return sort_by_offset(*this);
}

}  // namespace lfsguard::git
