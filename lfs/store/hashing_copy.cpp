#include "lfs/store/hashing_copy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"
#include "base/sha256.h"

namespace lfsguard::lfs {
namespace {

constexpr size_t kBlockSize = 2 << 20;
constexpr size_t kBlocks = 8;
constexpr size_t kDirectFrom = 256u << 10;  // bytes; copying less into the page cache costs less than waiting for the disk
constexpr size_t kAlignment = 4096;  // what O_DIRECT asks for on every file system in use

struct FreeMemory {
  void operator()(char* memory) const { ::free(memory); }
};
using AlignedBlock = std::unique_ptr<char, FreeMemory>;

AlignedBlock make_block() {
  void* memory = nullptr;
  if (::posix_memalign(&memory, kAlignment, kBlockSize) != 0) ::abort();
  return AlignedBlock(static_cast<char*>(memory));
}

void set_direct(int fd, bool on) {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT);
}

// One block to the file: past the page cache when it is whole. A file system that takes the flag and then refuses the
// write (EINVAL) gets the block the usual way.
Status write_block(int fd, std::string_view block, bool direct, const std::string& name) {
  if (!direct || block.size() % kAlignment != 0) {
    if (direct) set_direct(fd, false);
    return write_all(fd, block, name);
  }
  while (!block.empty()) {
    const ssize_t n = ::write(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EINVAL) return fail(errno_error("cannot write", name));
    if (n < 0 || n % kAlignment != 0) {
      set_direct(fd, false);
      block.remove_prefix(n < 0 ? 0 : static_cast<size_t>(n));
      return write_all(fd, block, name);
    }
    block.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

// The ring. Block i lies in slot i % kBlocks; it may be filled again when both followers have passed it.
class Ring {
 public:
  Ring() {
    for (size_t i = 0; i < kBlocks; ++i) slots_.push_back({make_block(), 0});
  }

  // The reader's side. nullptr: a follower failed.
  char* begin_fill() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || (filled_ - hashed_ < kBlocks && filled_ - written_ < kBlocks); });
    return failed_ ? nullptr : slots_[filled_ % kBlocks].memory.get();
  }
  void end_fill(size_t size) {
    std::lock_guard lock(mutex_);
    slots_[filled_ % kBlocks].size = size;
    ++filled_;
    changed_.notify_all();
  }
  void end() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  void stop() {
    std::lock_guard lock(mutex_);
    failed_ = true;
    changed_.notify_all();
  }

  // A follower's side: calls use(block) for every block in order until the end, a failure elsewhere, or false.
  enum class Follower { hash, write };
  template <typename Use>
  void follow(Follower who, Use use) {
    uint64_t& at = who == Follower::hash ? hashed_ : written_;
    for (;;) {
      std::string_view block;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return failed_ || at < filled_ || ended_; });
        if (failed_ || at == filled_) return;
        const Slot& slot = slots_[at % kBlocks];
        block = {slot.memory.get(), slot.size};
      }
      if (!use(block)) return stop();
      std::lock_guard lock(mutex_);
      ++at;
      changed_.notify_all();
    }
  }

 private:
  struct Slot {
    AlignedBlock memory;
    size_t size;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot> slots_;
  uint64_t filled_ = 0, hashed_ = 0, written_ = 0;
  bool ended_ = false, failed_ = false;
};

// The general case: `first` is the first block, already full. `fd` < 0: hash only.
Result<Digested> run_ring(const ByteSource& source, AlignedBlock first, int fd, const std::string& name,
                          const std::function<void(uint64_t)>& advance) {
  Digest digest(Digest::Algorithm::sha256);
  Digested result{{}, kBlockSize};
  std::optional<Error> write_error, read_error;
  if (fd >= 0) set_direct(fd, true);
  const bool direct = fd >= 0 && (::fcntl(fd, F_GETFL) & O_DIRECT) != 0;

  if (fd >= 0) {
    const Status status = write_block(fd, {first.get(), kBlockSize}, direct, name);
    if (!status) return fail(status.error());
  }
  digest.update(first.get(), kBlockSize);
  first.reset();
  Ring ring;
  std::thread hasher([&] {
    ring.follow(Ring::Follower::hash, [&](std::string_view block) {
      digest.update(block);
      return true;
    });
  });
  std::thread writer([&] {
    ring.follow(Ring::Follower::write, [&](std::string_view block) {
      if (fd < 0) return true;
      const Status status = write_block(fd, block, direct, name);
      if (!status) write_error = status.error();
      return status.has_value();
    });
  });
  while (char* memory = ring.begin_fill()) {
    const Result<size_t> n = source(memory, kBlockSize);
    if (!n) {
      read_error = n.error();
      ring.stop();
      break;
    }
    if (*n > 0) ring.end_fill(*n);
    result.size += *n;
    if (advance) advance(result.size);
    if (*n < kBlockSize) {
      ring.end();
      break;
    }
  }
  hasher.join();
  writer.join();
  if (direct) set_direct(fd, false);
  if (read_error) return fail(std::move(*read_error));
  if (write_error) return fail(std::move(*write_error));
  result.oid = Oid::from_raw(digest.finish());
  return result;
}

// A file of one block.
Status write_single(int fd, std::string_view block, const std::string& name) {
  if (block.size() >= kDirectFrom) {
    set_direct(fd, true);
    const size_t whole = block.size() - block.size() % kAlignment;
    TRY(write_block(fd, block.substr(0, whole), (::fcntl(fd, F_GETFL) & O_DIRECT) != 0, name));
    set_direct(fd, false);
    block.remove_prefix(whole);
  }
  return write_all(fd, block, name);
}

Result<Digested> run(const ByteSource& source, int fd, const std::string& name,
                     const std::function<void(uint64_t)>& advance) {
  AlignedBlock block = make_block();
  const size_t size = TRY(source(block.get(), kBlockSize));
  if (size == kBlockSize) return run_ring(source, std::move(block), fd, name, advance);
  if (fd >= 0) TRY(write_single(fd, {block.get(), size}, name));
  Digest digest(Digest::Algorithm::sha256);
  digest.update(block.get(), size);
  if (advance) advance(size);
  return Digested{Oid::from_raw(digest.finish()), size};
}

}  // namespace

Result<Digested> copy_and_hash(const ByteSource& source, int fd, const std::string& name) {
  return run(source, fd, name, {});
}

Result<Digested> hash_content(const ByteSource& source, const std::function<void(uint64_t)>& advance) {
  return run(source, -1, "", advance);
}

Result<Digested> hash_file(const std::string& path, const std::function<void(uint64_t)>& advance) {
  const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return hash_content(source_of(fd.get(), path), advance);
}

}  // namespace lfsguard::lfs
