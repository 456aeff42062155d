#include "git/objects/blob_stream.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <cstring>

namespace lfsguard::git {

struct BlobStream::Inflating {
  MappedFile loose;  // empty for a packed one
  const PackFile* pack = nullptr;
  uint64_t offset = 0;
  std::string name;
  z_stream stream{};
  const uint8_t* input = nullptr;
  size_t left = 0;
  ~Inflating() { inflateEnd(&stream); }

  Result<size_t> inflate_into(char* buffer, size_t size) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = static_cast<uInt>(std::min<size_t>(size, 1u << 30));
    const size_t wanted = stream.avail_out;
    while (stream.avail_out > 0) {
      const auto feed = static_cast<uInt>(std::min<size_t>(left, 1u << 30));
      stream.next_in = input;
      stream.avail_in = feed;
      const int code = ::inflate(&stream, Z_SYNC_FLUSH);
      input += feed - stream.avail_in;
      left -= feed - stream.avail_in;
      if (code == Z_STREAM_END) break;
      if (code != Z_OK) {
        if (pack) return fail(pack->damage(offset, "its stream does not inflate"));
        return fail(ErrorKind::corrupt, "loose object is damaged", name, "run 'git fsck --full'");
      }
    }
    return wanted - stream.avail_out;
  }
};

BlobStream::BlobStream() = default;
BlobStream::BlobStream(BlobStream&&) noexcept = default;
BlobStream::~BlobStream() = default;

Result<BlobStream> BlobStream::open(ObjectReader& reader, const ObjectId& oid, size_t memory_limit) {
  BlobStream blob;
  const auto location = reader.database().find(oid);
  if (!location) return fail(ErrorKind::not_found, "object is missing", oid.hex(), "run 'git fsck --full' to see what else is");
  auto inflating = std::make_unique<Inflating>();
  if (location->pack) {
    PackEntry entry;
    if (!location->pack->entry(location->offset, entry)) return fail(location->pack->damage(location->offset, "there is no sound object header"));
    if (entry.type == ObjectType::blob && entry.size > memory_limit) {
      blob.size_ = entry.size;
      inflating->pack = location->pack;
      inflating->offset = location->offset;
      inflating->input = location->pack->data() + entry.stream_offset;
      inflating->left = location->pack->end() - entry.stream_offset;
    }
  } else {
    const ObjectHeader header = TRY(reader.header(oid));
    if (header.type == ObjectType::blob && header.size > memory_limit) {
      blob.size_ = header.size;
      inflating->name = location->loose_path;
      inflating->loose = TRY(MappedFile::open(location->loose_path));
      inflating->input = inflating->loose.data();
      inflating->left = inflating->loose.size();
    }
  }
  if (!inflating->input) {
    blob.whole_ = TRY(reader.read(oid));
    blob.size_ = blob.whole_.size;
    if (blob.whole_.type != ObjectType::blob) return fail(ErrorKind::corrupt, "object is not a blob", oid.hex(), "run 'git fsck'");
    return blob;
  }
  if (inflateInit(&inflating->stream) != Z_OK) return fail(ErrorKind::io, "cannot start to inflate", oid.hex());
  if (!location->pack) {
    // The header before the content: at most "blob " and twenty digits.
    char header[32];
    size_t n = 0;
    do {
      if (n == sizeof header || TRY(inflating->inflate_into(header + n, 1)) != 1)
        return fail(ErrorKind::corrupt, "loose object is damaged", location->loose_path, "run 'git fsck --full'");
    } while (header[n++] != '\0');
  }
  blob.inflating_ = std::move(inflating);
  return blob;
}

Result<size_t> BlobStream::read(char* buffer, size_t size) {
  size = static_cast<size_t>(std::min<uint64_t>(size, size_ - done_));
  if (size == 0) return size_t{0};
  if (!inflating_) {
    std::memcpy(buffer, whole_.data.get() + done_, size);
  } else {
    size_t n = 0;
    while (n < size) {
      const size_t got = TRY(inflating_->inflate_into(buffer + n, size - n));
      if (got == 0) {
        if (inflating_->pack) return fail(inflating_->pack->damage(inflating_->offset, "its stream is shorter than its header says"));
        return fail(ErrorKind::corrupt, "loose object is shorter than it says", inflating_->name, "run 'git fsck --full'");
      }
      n += got;
    }
  }
  done_ += size;
  return size;
}

}  // namespace lfsguard::git
