#include "git/objects/loose_object.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

#include "base/file_descriptor.h"
#include "git/objects/inflate_prefix.h"

namespace lfsguard::git {
namespace {

constexpr size_t kHeaderMax = 32;  // "commit ", a size of 20 digits, a zero byte

tl::unexpected<Error> damaged(const std::string& path, const char* why) {
  Error error{ErrorKind::corrupt, "loose object is damaged", path, "run 'git fsck --full'; a sound clone may have the object", {}};
  error.causes.emplace_back(why);
  return fail(std::move(error));
}

// Parses "<type> <size>\0"; returns the header's length, 0 when it is not sound.
size_t parse_header(const uint8_t* bytes, size_t size, ObjectHeader& header) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const size_t nul = text.find('\0');
  const size_t space = text.find(' ');
  if (nul == std::string_view::npos || space >= nul) return 0;
  header.type = type_named(text.substr(0, space));
  if (header.type == ObjectType::none) return 0;
  const auto [end, code] = std::from_chars(text.data() + space + 1, text.data() + nul, header.size);
  if (code != std::errc() || end != text.data() + nul) return 0;
  return nul + 1;
}

}  // namespace

std::string loose_path(const std::string& object_dir, const ObjectId& id) {
  const std::string hex = id.hex();
  return object_dir + "/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

Result<ObjectHeader> read_loose_header(const std::string& path) {
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
  uint8_t deflated[512];
  const size_t n = TRY(read_some(fd.get(), deflated, sizeof deflated, path));
  uint8_t bytes[kHeaderMax];
  ObjectHeader header;
  long written = inflate_prefix(deflated, n, bytes, sizeof bytes);
  if (written < 0 && n == sizeof deflated) {  // an odd stream that says nothing in so many bytes
    const MappedFile map = TRY(MappedFile::open(path));
    written = inflate_prefix(map.data(), map.size(), bytes, sizeof bytes);
  }
  if (written <= 0 || parse_header(bytes, static_cast<size_t>(written), header) == 0)
    return damaged(path, "its header is not that of a git object");
  return header;
}

Result<LooseObject> read_loose_object(const std::string& path, Inflater& inflater) {
  const MappedFile map = TRY(MappedFile::open(path));
  uint8_t bytes[kHeaderMax];
  const long written = inflate_prefix(map.data(), map.size(), bytes, sizeof bytes);
  LooseObject object;
  const size_t header = written <= 0 ? 0 : parse_header(bytes, static_cast<size_t>(written), object.header);
  if (header == 0) return damaged(path, "its header is not that of a git object");
  // deflate makes at most 1032 bytes of one: a larger claim is a bomb or damage, and is not allocated.
  if (object.header.size > map.size() * 1040 + 1024) return damaged(path, "it says a size that its bytes cannot inflate to");
  std::string whole(header + object.header.size, '\0');
  if (!inflater.whole(map.data(), map.size(), reinterpret_cast<uint8_t*>(whole.data()), whole.size()))
    return damaged(path, "its content does not inflate to the size that it says");
  whole.erase(0, header);
  object.content = std::move(whole);
  return object;
}

Result<std::string> read_loose_prefix(const std::string& path, size_t size) {
  const MappedFile map = TRY(MappedFile::open(path));
  std::string bytes(size + kHeaderMax, '\0');
  const long written = inflate_prefix(map.data(), map.size(), reinterpret_cast<uint8_t*>(bytes.data()), bytes.size());
  ObjectHeader header;
  const size_t length = written <= 0 ? 0 : parse_header(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<size_t>(written), header);
  if (length == 0) return damaged(path, "its header is not that of a git object");
  return bytes.substr(length, std::min(size, static_cast<size_t>(written) - length));
}

Result<std::vector<ObjectId>> list_loose_objects(const std::string& object_dir, unsigned prefix) {
  const std::string name = fmt::format("{:02x}", prefix);
  const std::string path = object_dir + "/" + name;
  std::vector<ObjectId> ids;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) {
    if (errno == ENOENT) return ids;
    return fail(errno_error("cannot list loose objects in", path));
  }
  while (const dirent* entry = ::readdir(folder.get())) {
    if (std::strlen(entry->d_name) != 38) continue;
    if (const auto id = ObjectId::from_hex(name + entry->d_name)) ids.push_back(*id);
  }
  return ids;
}

}  // namespace lfsguard::git
