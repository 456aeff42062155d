#include "rewrite/blob_converter.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "base/thread_pool.h"
#include "git/objects/blob_stream.h"
#include "lfs/store/object_batch.h"
#include "lfs/store/pointer.h"

namespace lfsguard::rewrite {
namespace {

struct Job {
  ObjectId oid;
  uint64_t size = 0;
  const git::PackFile* pack = nullptr;
  uint64_t offset = 0;
};

std::vector<Job> in_pack_order(const git::ObjectDatabase& database, const git::ObjectIdMap<uint64_t>& blobs) {
  std::vector<Job> jobs;
  blobs.for_each([&](const ObjectId& oid, uint64_t size) {
    const auto location = database.find(oid);
    jobs.push_back({oid, size, location ? location->pack : nullptr, location ? location->offset : 0});
  });
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return std::tie(a.pack, a.offset, a.oid) < std::tie(b.pack, b.offset, b.oid); });
  return jobs;
}

Result<Conversion> to_pointer(git::ObjectReader& reader, lfs::ObjectBatch& batch, const ObjectId& oid, std::string& pointer) {
  git::BlobStream stream = TRY(git::BlobStream::open(reader, oid));
  const lfs::Digested digested = TRY(batch.add([&](char* buffer, size_t size) { return stream.read(buffer, size); }));
  pointer = lfs::format_pointer({digested.oid, digested.size, {}});
  return Conversion{hash_object("blob", pointer), digested.oid, digested.size};
}

Result<Conversion> to_file(git::ObjectReader& reader, const lfs::ObjectStore& store, const ObjectId& oid, std::string& content) {
  const git::Object blob = TRY(reader.read(oid));
  const lfs::Pointer pointer = lfs::parse_pointer(blob.view()).pointer;
  if (pointer.stands_for_nothing()) {
    content.clear();
    return Conversion{hash_object("blob", content), pointer.oid, 0};
  }
  const auto path = store.find(pointer.oid, pointer.size);
  if (!path) return fail(ErrorKind::not_found, "LFS object is not in the store", pointer.oid.hex(), "get it with: lfsguard lfs fetch --all");
  content = TRY(read_file(*path));
  return Conversion{hash_object("blob", content), pointer.oid, pointer.size};
}

}  // namespace

Result<Conversions> convert_blobs(const git::ObjectDatabase& database, const lfs::ObjectStore& store, lfs::ObjectBatch& batch, const git::ObjectIdMap<uint64_t>& blobs,
                                  Direction direction, const MemoryShares& memory, git::PackWriter& pack, Progress& progress) {
  const std::vector<Job> jobs = in_pack_order(database, blobs);
  uint64_t total = 0;
  for (const Job& job : jobs) total += job.size;
  progress.phase(direction == Direction::to_pointers ? "Converting files" : "Restoring files", total, "bytes");
  Conversions conversions(jobs.size());
  std::mutex mutex;
  std::optional<Error> error;
  std::atomic<uint64_t> done{0};
  parallel_for(jobs.size(), 16, [&](size_t begin, size_t end, unsigned) {
    git::ObjectReader reader(database, memory.reader / 2);
    for (size_t i = begin; i < end; ++i) {
      std::string content;
      auto conversion = direction == Direction::to_pointers ? to_pointer(reader, batch, jobs[i].oid, content) : to_file(reader, store, jobs[i].oid, content);
      const std::lock_guard lock(mutex);
      if (error) return;
      if (!conversion) {
        error = std::move(conversion).error();
        return;
      }
      if (auto added = pack.add(git::ObjectType::blob, conversion->new_oid, content); !added) {
        error = std::move(added).error();
        return;
      }
      conversions.insert(jobs[i].oid, *conversion);
      progress.advance(done += jobs[i].size);
    }
  }, 2 * worker_count());  // what is written goes past the page cache
  if (error) return fail(std::move(*error));
  return conversions;
}

}  // namespace lfsguard::rewrite
