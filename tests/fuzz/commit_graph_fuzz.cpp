// Any bytes as a commit-graph: look-ups stay inside the file and end. The file is in memory; a folder in the temp folder links to it.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "git/objects/commit_graph.h"

using namespace lfsguard;

namespace {

struct Place {
  std::string folder;
  int fd = ::memfd_create("graph", 0);
  Place() {
    std::string name = std::filesystem::temp_directory_path() / "commit-graph-XXXXXX";
    if (fd < 0 || !::mkdtemp(name.data())) std::abort();
    folder = name;
    std::filesystem::create_directory(folder + "/info");
    std::filesystem::create_symlink("/proc/self/fd/" + std::to_string(fd), folder + "/info/commit-graph");
  }
  ~Place() { std::filesystem::remove_all(folder); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Place place;
  if (::ftruncate(place.fd, 0) != 0 || ::pwrite(place.fd, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  const auto graph = git::CommitGraph::open(place.folder);
  if (!graph) return 0;
  ObjectId asked;
  for (size_t at = 0; at + ObjectId::kSize <= size && at < 4000; ++at) {
    std::copy_n(data + at, ObjectId::kSize, asked.bytes.begin());
    const auto row = graph->find(asked);
    if (row && (row->committer_date < 0 || row->parent_oids.size() > size)) std::abort();
  }
  return 0;
}
