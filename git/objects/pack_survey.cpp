#include "git/objects/pack_survey.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/thread_pool.h"
#include "git/objects/delta.h"
#include "git/objects/loose_object.h"

namespace lfsguard::git {
namespace {

constexpr uint64_t kSmallMin = 24;
constexpr uint64_t kSmallMax = 1023;
constexpr uint32_t kNoBase = UINT32_MAX;

// Finds the position of an offset in a sorted array: a table of buckets leads to within a few entries.
class OffsetTable {
 public:
  OffsetTable(const std::vector<uint64_t>& offsets, uint64_t end) : offsets_(offsets) {
    shift_ = 0;
    while ((end >> shift_) > offsets.size() * 2 + 16) ++shift_;
    starts_.assign((end >> shift_) + 2, 0);
    size_t at = 0;
    for (size_t bucket = 0; bucket < starts_.size(); ++bucket) {
      while (at < offsets.size() && (offsets[at] >> shift_) < bucket) ++at;
      starts_[bucket] = static_cast<uint32_t>(at);
    }
  }
  uint32_t find(uint64_t offset) const {
    for (size_t at = starts_[offset >> shift_]; at < offsets_.size() && offsets_[at] <= offset; ++at)
      if (offsets_[at] == offset) return static_cast<uint32_t>(at);
    return kNoBase;
  }

 private:
  const std::vector<uint64_t>& offsets_;
  unsigned shift_;
  std::vector<uint32_t> starts_;
};

// What workers report; the first error by offset wins, so that a run's message does not depend on timing.
class FirstError {
 public:
  void set(uint64_t offset, Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_ || offset < offset_) {
      offset_ = offset;
      error_ = std::move(error);
    }
  }
  Status status() {
    if (error_) return fail(std::move(*error_));
    return {};
  }

 private:
  std::mutex mutex_;
  uint64_t offset_ = 0;
  std::optional<Error> error_;
};

void note(Survey& survey, const SurveyQuestion& question, const ObjectId& oid, uint64_t size) {
  if (size >= question.at_or_above) survey.large.push_back({oid, size});
  if (question.small_candidates && size >= kSmallMin && size <= kSmallMax) survey.small.push_back({oid, size});
}

bool wanted(const SurveyQuestion& question, uint64_t size) {
  return size >= question.at_or_above || (question.small_candidates && size >= kSmallMin && size <= kSmallMax);
}

}  // namespace

Result<Survey> survey_pack(const PackFile& pack, const SurveyQuestion& question) {
  const PackIndex& index = pack.index();
  const uint32_t count = index.count();
  Survey survey;
  survey.objects = count;
  if (count == 0) return survey;

  const std::vector<uint32_t> order = pack.order();
  std::vector<uint64_t> offsets(count);
  for (uint32_t i = 0; i < count; ++i) {
    offsets[i] = index.offset(order[i]);
    if (offsets[i] >= pack.end() || (i > 0 && offsets[i] <= offsets[i - 1]))
      return fail(pack.damage(offsets[i], "the index gives offsets that are outside the pack or twice the same"));
  }
  const OffsetTable table(offsets, pack.end());
  FirstError error;

  // Headers. types[i] is final, or none while base[i] names the position it is to be taken from.
  std::vector<ObjectType> types(count);
  std::vector<uint32_t> base(count, kNoBase);
  std::vector<Survey> found(worker_count());
  parallel_for(count, 16384, [&](size_t begin, size_t end, unsigned worker) {
    PackEntry entry;
    for (size_t i = begin; i < end; ++i) {
      if (!pack.entry(offsets[i], entry)) return error.set(offsets[i], pack.damage(offsets[i], "there is no sound object header"));
      if (entry.type == ObjectType::ofs_delta || entry.type == ObjectType::ref_delta) {
        uint64_t base_offset = entry.base_offset;
        if (entry.type == ObjectType::ref_delta) {
          const auto position = index.find(entry.base_id);
          if (!position) return error.set(offsets[i], pack.damage(offsets[i], "its delta base " + entry.base_id.hex() + " is not in the pack"));
          base_offset = index.offset(*position);
        }
        base[i] = table.find(base_offset);
        if (base[i] == kNoBase) return error.set(offsets[i], pack.damage(offsets[i], "its delta base is not where an object begins"));
      } else {
        types[i] = entry.type;
        if (entry.type == ObjectType::blob && wanted(question, entry.size)) note(found[worker], question, index.id(order[i]), entry.size);
      }
    }
  });
  TRY(error.status());

  // Types handed down to deltas. REF bases may lie behind: a chain is followed to its root and filled on the way back.
  std::vector<uint32_t> chain;
  for (uint32_t i = 0; i < count; ++i) {
    if (types[i] != ObjectType::none) continue;
    uint32_t at = i;
    chain.clear();
    while (types[at] == ObjectType::none) {
      chain.push_back(at);
      if (chain.size() > count) return fail(pack.damage(offsets[i], "its chain of deltas does not end"));
      at = base[at];
    }
    for (const uint32_t member : chain) types[member] = types[at];
  }
  for (uint32_t i = 0; i < count; ++i) survey.blobs += types[i] == ObjectType::blob;

  // Sizes of blobs that are deltas.
  parallel_for(count, 16384, [&](size_t begin, size_t end, unsigned worker) {
    thread_local Inflater inflater;
    PackEntry entry;
    uint8_t bytes[kDeltaHeaderMax];
    for (size_t i = begin; i < end; ++i) {
      if (base[i] == kNoBase || types[i] != ObjectType::blob) continue;
      pack.entry(offsets[i], entry);
      const uint64_t available = (i + 1 < count ? offsets[i + 1] : pack.end()) - entry.stream_offset;
      const long n = inflater.prefix(pack.data() + entry.stream_offset, available, bytes, sizeof bytes);
      const auto sizes = n > 0 ? decode_delta_sizes(bytes, static_cast<size_t>(n)) : std::nullopt;
      if (!sizes) return error.set(offsets[i], pack.damage(offsets[i], "its delta has no sound header"));
      if (wanted(question, sizes->result)) note(found[worker], question, index.id(order[i]), sizes->result);
    }
  });
  TRY(error.status());

  for (Survey& part : found) {
    survey.large.insert(survey.large.end(), part.large.begin(), part.large.end());
    survey.small.insert(survey.small.end(), part.small.begin(), part.small.end());
  }
  return survey;
}

Result<Survey> survey_loose(const std::string& object_dir, const SurveyQuestion& question) {
  std::vector<Survey> found(worker_count());
  std::mutex mutex;
  std::optional<Error> error;
  parallel_for(256, 1, [&](size_t begin, size_t, unsigned worker) {
    thread_local Inflater inflater;
    const auto fail_with = [&](Error reason) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::move(reason);
    };
    auto ids = list_loose_objects(object_dir, static_cast<unsigned>(begin));
    if (!ids) return fail_with(std::move(ids).error());
    for (const ObjectId& oid : *ids) {
      auto header = read_loose_header(loose_path(object_dir, oid), inflater);
      if (!header) {
        if (header.error().kind == ErrorKind::not_found) continue;  // packed and pruned meanwhile
        return fail_with(std::move(header).error());
      }
      ++found[worker].objects;
      if (header->type != ObjectType::blob) continue;
      ++found[worker].blobs;
      note(found[worker], question, oid, header->size);
    }
  });
  if (error) return fail(std::move(*error));
  Survey survey;
  for (Survey& part : found) {
    survey.objects += part.objects;
    survey.blobs += part.blobs;
    survey.large.insert(survey.large.end(), part.large.begin(), part.large.end());
    survey.small.insert(survey.small.end(), part.small.begin(), part.small.end());
  }
  return survey;
}

}  // namespace lfsguard::git
