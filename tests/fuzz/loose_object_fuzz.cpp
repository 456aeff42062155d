// Any bytes as a loose object's file (once as they are, once deflated first): header, prefix and whole object agree with each other.
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "git/objects/loose_object.h"

using namespace lfsguard;

namespace {

void read(const std::string& bytes) {
  const int fd = ::memfd_create("loose", 0);
  if (fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    git::Inflater inflater;
    const auto header = git::read_loose_header(path);
    static_cast<void>(git::read_loose_prefix(path, 100));
    if (!header || header->size < (1u << 24)) {
      const auto object = git::read_loose_object(path, inflater);
      if (object && (!header || object->header.size != header->size || object->content.size() != header->size)) std::abort();
    }
  }
  if (fd >= 0) ::close(fd);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  read(std::string(reinterpret_cast<const char*>(data), size));
  uLongf length = compressBound(size);
  std::string deflated(length, '\0');
  if (compress(reinterpret_cast<Bytef*>(deflated.data()), &length, data, size) == Z_OK) read(deflated.substr(0, length));
  return 0;
}
