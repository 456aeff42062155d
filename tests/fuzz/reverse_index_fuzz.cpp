// Any bytes as a pack's .rev file beside a sound index of four objects: the order that comes out is the pack's, whatever the file says.
//
// The input's last 40 bytes are replaced by checksums that fit where its first byte is odd, so that the body is looked at.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "git/objects/pack_index.h"

using namespace lfsguard;

namespace {

void append_be32(std::string& bytes, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

// Version 2; ids 00…, 40…, 80…, c0… at offsets 400, 12, 300, 200.
std::string sound_index() {
  std::string bytes("\377tOc\0\0\0\2", 8);
  for (uint32_t i = 0; i < 256; ++i) append_be32(bytes, i / 64 + 1);
  for (const char first : {'\0', '\x40', '\x80', '\xc0'}) bytes += std::string(1, first) + std::string(19, 'x');
  for (int i = 0; i < 4; ++i) append_be32(bytes, 0);
  for (const uint32_t offset : {400u, 12u, 300u, 200u}) append_be32(bytes, offset);
  return bytes + std::string(40, 'c');
}

std::string in_memory(const std::string& bytes, int& fd) {
  fd = ::memfd_create("index", 0);
  if (fd < 0 || ::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  return "/proc/self/fd/" + std::to_string(fd);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (size > 40 && (data[0] & 1)) bytes.replace(size - 40, 40, std::string(40, 'c')).front() = 'R';
  int index_fd = -1, rev_fd = -1;
  const auto index = git::PackIndex::open(in_memory(sound_index(), index_fd));
  if (!index) std::abort();
  if (index->pack_order(in_memory(bytes, rev_fd)) != std::vector<uint32_t>{1, 3, 2, 0}) std::abort();
  ::close(index_fd);
  ::close(rev_fd);
  return 0;
}
