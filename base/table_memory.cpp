#include "base/table_memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <mutex>

#include "base/file_descriptor.h"

namespace lfsguard::table_memory {
namespace {

struct State {
  std::mutex mutex;
  uint64_t limit = UINT64_MAX, taken = 0, spilled = 0;
  std::string folder;
  std::map<void*, size_t> files;  // where they are mapped
};

State& state() {
  static State* const state = new State;  // tables that live until the end give back after everything else
  return *state;
}

size_t whole_units(size_t bytes) { return (bytes + kUnit - 1) / kUnit * kUnit; }

void* map_file(const std::string& folder, size_t bytes) {
  FileDescriptor fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd.get() < 0) {  // NFS and others
    std::string name = folder + "/lfsguard-table-XXXXXX";
    fd = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (fd.get() < 0) return nullptr;
    ::unlink(name.c_str());
  }
  // Room is made now: a full disk is told here, and not by a signal when a page is first written.
  if (::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes)) != 0) return nullptr;
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void set_limit(uint64_t bytes, std::string folder) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.limit = bytes;
  all.folder = std::move(folder);
}

void* take(size_t bytes) {
  State& all = state();
  const size_t size = whole_units(bytes);
  {
    const std::lock_guard lock(all.mutex);
    if (all.taken + size > all.limit) {
      if (void* const memory = map_file(all.folder, size)) {
        all.files[memory] = size;
        all.spilled += size;
        return memory;
      }
    }
    all.taken += size;
  }
  void* const memory = ::aligned_alloc(kUnit, size);
  if (memory) ::madvise(memory, size, MADV_HUGEPAGE);  // refused: ordinary pages
  return memory;
}

void give_back(void* memory, size_t bytes) {
  State& all = state();
  {
    const std::lock_guard lock(all.mutex);
    if (const auto file = all.files.find(memory); file != all.files.end()) {
      all.spilled -= file->second;
      ::munmap(memory, file->second);
      all.files.erase(file);
      return;
    }
    all.taken -= whole_units(bytes);
  }
  ::free(memory);
}

uint64_t spilled() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  return all.spilled;
}

}  // namespace lfsguard::table_memory
