// Any bytes as what git says to the long-running filter: it ends, in an orderly way or with an error, and a smudge never makes up content.
// The same bytes are read as packets, too. Clean is stood in for, so that no objects are written for each input.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "git/process/pkt_line.h"
#include "lfs/filter/filter_process.h"

using namespace lfsguard;

namespace {

struct Place {
  std::string folder;
  Place() {
    std::string name = std::filesystem::temp_directory_path() / "filter-XXXXXX";
    if (!::mkdtemp(name.data())) std::abort();
    folder = name;
  }
  ~Place() { std::filesystem::remove_all(folder); }
};

// Nothing can be had: everything that is wanted fails.
class Nowhere final : public lfs::MissingObjects {
 public:
  void want(const std::string& path, const lfs::Pointer& pointer) override {
    outcomes_.push_back({path, pointer, fail(ErrorKind::not_found, "there is no such object", path)});
  }
  std::vector<Outcome> wait() override { return std::exchange(outcomes_, {}); }

 private:
  std::vector<Outcome> outcomes_;
};

Result<lfs::Cleaned> read_to_the_end(const std::string&, const lfs::ByteSource& source) {
  lfs::Cleaned cleaned;
  char buffer[4096];
  while (const size_t n = TRY(source(buffer, sizeof buffer))) cleaned.output.append(buffer, n);
  return cleaned;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Place place;
  static const int sink = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int fd = ::memfd_create("git", 0);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) return 0;

  ::lseek(fd, 0, SEEK_SET);
  git::PacketReader packets(fd, "git");
  size_t total = 0;
  for (;;) {
    const auto packet = packets.read();
    if (!packet || packet->kind == git::Packet::Kind::end) break;
    total += packet->payload.size();
  }
  if (total > size) std::abort();

  ::lseek(fd, 0, SEEK_SET);
  git::RepositoryLayout layout;
  layout.git_dir = layout.common_dir = place.folder;
  const lfs::ObjectStore store = lfs::ObjectStore::at(layout);
  Nowhere nowhere;
  static_cast<void>(lfs::run_filter_process(fd, sink, {store, {}, nowhere, read_to_the_end, [](std::string_view) {}}));
  ::close(fd);
  return 0;
}
