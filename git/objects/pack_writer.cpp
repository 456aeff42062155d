#include "git/objects/pack_writer.h"

#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

namespace lfsguard::git {
namespace {

constexpr size_t kBufferSize = 1u << 20;
constexpr int kLevel = 1;  // trees are deltas and commits are small: higher ones gain a few percent
constexpr size_t kStoredDelta = 256;  // bytes of delta up to which it stays as it is: ids, which nothing makes shorter

void put_be32(std::string& bytes, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
}

std::string entry_header(ObjectType type, uint64_t size) {
  std::string header;
  uint8_t byte = static_cast<uint8_t>(static_cast<unsigned>(type) << 4 | (size & 15));
  size >>= 4;
  while (size) {
    header += static_cast<char>(byte | 0x80);
    byte = size & 0x7f;
    size >>= 7;
  }
  return header += static_cast<char>(byte);
}

std::string distance_bytes(uint64_t distance) {
  std::string bytes(1, static_cast<char>(distance & 0x7f));
  while (distance >>= 7) {
    --distance;
    bytes.insert(bytes.begin(), static_cast<char>(0x80 | (distance & 0x7f)));
  }
  return bytes;
}

// One for each thread; what it returns is good until its next call.
class Deflater {
 public:
  static Deflater& own() {
    thread_local Deflater deflater;
    return deflater;
  }
  ~Deflater() {
    libdeflate_free_compressor(fast_);
    libdeflate_free_compressor(stored_);
  }
  std::string_view whole(std::string_view content) { return deflate(content, fast_); }
  std::string_view stored(std::string_view content) { return deflate(content, stored_); }
  // By codes that are made already. Empty: it does not get shorter.
  std::string_view whole(std::string_view content, const isal_hufftables& codes) {
    if (content.size() > UINT32_MAX / 2) return {};
    if (out_.size() < content.size()) out_.resize(content.size());
    isal_deflate_stateless_init(&stream_);
    stream_.hufftables = const_cast<isal_hufftables*>(&codes);  // only read
    stream_.gzip_flag = IGZIP_ZLIB;
    stream_.end_of_stream = 1;
    stream_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(content.data()));
    stream_.avail_in = static_cast<uint32_t>(content.size());
    stream_.next_out = reinterpret_cast<uint8_t*>(out_.data());
    stream_.avail_out = static_cast<uint32_t>(content.size());
    if (isal_deflate_stateless(&stream_) != COMP_OK) return {};
    return {out_.data(), stream_.total_out};
  }

 private:
  std::string_view deflate(std::string_view content, libdeflate_compressor* compressor) {
    const size_t bound = libdeflate_zlib_compress_bound(compressor, content.size());
    if (out_.size() < bound) out_.resize(bound);
    return {out_.data(), libdeflate_zlib_compress(compressor, content.data(), content.size(), out_.data(), out_.size())};
  }

  libdeflate_compressor *fast_ = libdeflate_alloc_compressor(kLevel), *stored_ = libdeflate_alloc_compressor(0);
  isal_zstream stream_{};
  std::string out_;
};

constexpr uint32_t kWhole = UINT32_MAX;

tl::unexpected<Error> not_as_written(const std::string& what, const std::string& path) {
  return fail(ErrorKind::corrupt, what + " is not read back as it was written", path, "the disk or the memory of this machine may be failing: check them, then run the command again");
}

// The file from its start, `use` gets a block at a time.
template <typename Use>
Status read_back(const TemporaryFile& file, Use use) {
  if (::lseek(file.fd(), 0, SEEK_SET) != 0) return fail(errno_error("cannot read back", file.path()));
  std::string block(kBufferSize, '\0');
  for (;;) {
    const size_t n = TRY(read_some(file.fd(), block.data(), block.size(), file.path()));
    TRY(use(std::string_view(block.data(), n)));
    if (n < block.size()) return {};
  }
}

}  // namespace

struct PackWriter::Codes {
  isal_hufftables tables;
};

PackWriter::PackWriter(std::string pack_dir, TemporaryFile file) : pack_dir_(std::move(pack_dir)), file_(std::move(file)) {}
PackWriter::~PackWriter() = default;

Result<std::unique_ptr<PackWriter>> PackWriter::create(const std::string& object_dir) {
  const std::string pack_dir = object_dir + "/pack";
  TRY(make_directories(pack_dir));
  auto writer = std::unique_ptr<PackWriter>(new PackWriter(pack_dir, TRY(TemporaryFile::create(pack_dir, "tmp_pack_lfsguard_"))));
  TRY(writer->write(writer->header()));  // the count is put in by finish()
  return writer;
}

Status PackWriter::write(std::string_view bytes) {
  offset_ += bytes.size();
  buffer_ += bytes;
  return buffer_.size() >= kBufferSize ? flush() : Status();
}

Status PackWriter::flush() {
  TRY(write_all(file_.fd(), buffer_, file_.path()));
  buffer_.clear();
  return {};
}

Result<uint32_t> PackWriter::append(const ObjectId& oid, ObjectType type, uint64_t size, uint32_t base, std::string_view deflated) {
  const std::lock_guard lock(mutex_);
  if (const uint32_t* known = positions_.find(oid)) return *known;
  std::string header = entry_header(type, size);
  if (base != kWhole) header += distance_bytes(offset_ - entries_[base].offset);
  Entry entry{oid, offset_, 0, 0, type};
  if (base != kWhole) {
    entry.depth = static_cast<uint16_t>(entries_[base].depth + 1);
    entry.type = entries_[base].type;
  }
  entry.crc = libdeflate_crc32(libdeflate_crc32(0, header.data(), header.size()), deflated.data(), deflated.size());
  TRY(write(header));
  TRY(write(deflated));
  const auto position = static_cast<uint32_t>(entries_.size());
  entries_.push_back(entry);
  positions_.insert(oid, position);
  return position;
}

Result<uint32_t> PackWriter::add(ObjectType type, const ObjectId& oid, std::string_view content) {
  std::string_view deflated = codes_ ? Deflater::own().whole(content, codes_->tables) : std::string_view();
  if (deflated.empty()) deflated = Deflater::own().whole(content);
  return append(oid, type, content.size(), kWhole, deflated);
}

Result<uint32_t> PackWriter::add_delta(const ObjectId& oid, uint32_t base, std::string_view delta) {
  return append(oid, ObjectType::ofs_delta, delta.size(), base, delta.size() < kStoredDelta ? Deflater::own().stored(delta) : Deflater::own().whole(delta));
}

void PackWriter::learn(std::string_view sample) {
  isal_huff_histogram frequencies{};
  for (; !sample.empty(); sample.remove_prefix(std::min(sample.size(), kBufferSize)))
    isal_update_histogram(reinterpret_cast<uint8_t*>(const_cast<char*>(sample.data())), static_cast<int>(std::min(sample.size(), kBufferSize)), &frequencies);
  auto codes = std::make_unique<Codes>();
  if (isal_create_hufftables(&codes->tables, &frequencies) == 0) codes_ = std::move(codes);
}

std::string PackWriter::header() const {
  std::string bytes = "PACK";
  put_be32(bytes, 2);
  put_be32(bytes, static_cast<uint32_t>(entries_.size()));
  return bytes;
}

// The count is not known before the end, so the checksum is taken over the finished file, which vouches only for what is there:
// each entry is held against the CRC of what was to be written. (Its object's id does not tell of bits that inflating skips.)
Result<std::string> PackWriter::check_written() const {
  Digest digest(Digest::Algorithm::sha1);
  uint64_t at = 0;
  size_t position = 0;
  uint32_t crc = 0;
  TRY(read_back(file_, [&](std::string_view bytes) -> Status {
    digest.update(bytes);
    if (at == 0) {
      const std::string expected = header();
      if (!bytes.starts_with(expected)) return not_as_written("the header of the new pack", file_.path());
      bytes.remove_prefix(at = expected.size());
    }
    while (!bytes.empty() && position < entries_.size()) {
      const uint64_t end = position + 1 < entries_.size() ? entries_[position + 1].offset : offset_;
      const size_t n = std::min<uint64_t>(bytes.size(), end - at);
      crc = libdeflate_crc32(crc, bytes.data(), n);
      bytes.remove_prefix(n);
      at += n;
      if (at < end) break;
      if (crc != entries_[position].crc) return not_as_written("object " + entries_[position].oid.hex() + " of the new pack", file_.path());
      ++position;
      crc = 0;
    }
    at += bytes.size();
    return {};
  }));
  if (at != offset_) return not_as_written("the end of the new pack", file_.path());
  return digest.finish();
}

Result<PackWriter::Written> PackWriter::finish() {
  if (entries_.empty()) return Written{};
  TRY(flush());
  const std::string count = header().substr(8);
  if (::pwrite(file_.fd(), count.data(), count.size(), 8) != static_cast<ssize_t>(count.size())) return fail(errno_error("cannot write", file_.path()));
  const std::string checksum = TRY(check_written());
  TRY(write_all(file_.fd(), checksum, file_.path()));

  const std::string name = pack_dir_ + "/pack-" + to_hex(checksum.data(), checksum.size());
  TemporaryFile index = TRY(TemporaryFile::create(pack_dir_, "tmp_idx_lfsguard_"));
  Written written{name + ".pack", name + ".idx", {}};
  written.objects.reserve(entries_.size());
  for (const Entry& entry : entries_) written.objects.push_back({entry.oid, entry.type});
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.oid < b.oid; });
  std::string bytes("\377tOc", 4);
  put_be32(bytes, 2);
  size_t at = 0;
  for (unsigned first = 0; first < 256; ++first) {
    while (at < entries_.size() && entries_[at].oid.bytes[0] <= first) ++at;
    put_be32(bytes, static_cast<uint32_t>(at));
  }
  for (const Entry& entry : entries_) bytes += entry.oid.raw();
  for (const Entry& entry : entries_) put_be32(bytes, entry.crc);
  std::string large;
  uint32_t large_count = 0;
  for (const Entry& entry : entries_) {
    if (entry.offset < 0x80000000u) {
      put_be32(bytes, static_cast<uint32_t>(entry.offset));
    } else {
      put_be32(bytes, 0x80000000u | large_count++);
      put_be32(large, static_cast<uint32_t>(entry.offset >> 32));
      put_be32(large, static_cast<uint32_t>(entry.offset));
    }
  }
  bytes += large;
  bytes += checksum;
  Digest index_digest(Digest::Algorithm::sha1);
  index_digest.update(bytes);
  bytes += index_digest.finish();
  TRY(write_all(index.fd(), bytes, index.path()));
  std::string_view expected = bytes;
  TRY(read_back(index, [&](std::string_view block) -> Status {
    if (!expected.starts_with(block)) return not_as_written("the index of the new pack", index.path());
    expected.remove_prefix(block.size());
    return {};
  }));
  if (!expected.empty()) return not_as_written("the index of the new pack", index.path());
  const unsigned mode = default_file_mode() & 0444;
  TRY(file_.publish(written.pack_path, mode));
  TRY(index.publish(written.index_path, mode));
  return written;
}

}  // namespace lfsguard::git
