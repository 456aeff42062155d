// Any bytes as a multi-pack index: what is opened answers every look-up from inside the file. The file is in memory only.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "git/objects/multi_pack_index.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int fd = ::memfd_create("midx", 0);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) return 0;
  if (const auto index = git::MultiPackIndex::open("/proc/self/fd/" + std::to_string(fd))) {
    ObjectId asked;
    // Every window of the file's head and tail as an id: some of them are those that are there.
    for (size_t at = 0; at + ObjectId::kSize <= size && at < 4000; ++at) {
      std::copy_n(data + at, ObjectId::kSize, asked.bytes.begin());
      const auto found = index->find(asked);
      if (found && found->first >= index->pack_names().size()) std::abort();
    }
  }
  ::close(fd);
  return 0;
}
