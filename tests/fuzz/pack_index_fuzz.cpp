// Any bytes as a pack's index: look-ups stay inside the file. The file is in memory only.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "git/objects/pack_index.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int fd = ::memfd_create("index", 0);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) return 0;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  ObjectId asked;
  asked.bytes[0] = size ? data[size / 2] : 0;
  if (const auto index = git::PackIndex::open(path)) {
    for (uint32_t i = 0; i < index->count() && i < 1000; ++i) {
      static_cast<void>(index->offset(i));
      static_cast<void>(index->find(index->id(i)));
    }
    static_cast<void>(index->find(asked));
    if (index->count() < 10000) static_cast<void>(index->pack_order("/nonexistent"));
  }
  ::close(fd);
  return 0;
}
