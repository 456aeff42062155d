#include "git/objects/pack_survey.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/thread_pool.h"
#include "git/objects/delta.h"
#include "git/objects/first_error.h"
#include "git/objects/inflate_prefix.h"
#include "git/objects/loose_object.h"
#include "git/objects/pack_layout.h"

namespace lfsguard::git {
namespace {

constexpr uint64_t kSmallMin = 24;
constexpr uint64_t kSmallMax = 1023;

void note(Survey& survey, const SurveyQuestion& question, const ObjectId& oid, uint64_t size) {
  if (size >= question.at_or_above) survey.large.push_back({oid, size});
  if (question.small_candidates && size >= kSmallMin && size <= kSmallMax) survey.small.push_back({oid, size});
}

bool wanted(const SurveyQuestion& question, uint64_t size) {
  return size >= question.at_or_above || (question.small_candidates && size >= kSmallMin && size <= kSmallMax);
}

}  // namespace

Result<Survey> survey_pack(const PackFile& pack, const SurveyQuestion& question) {
  Survey survey;
  survey.objects = pack.index().count();
  if (survey.objects == 0) return survey;
  const PackLayout& layout = *TRY(pack.layout());
  for (const ObjectType type : layout.types) survey.blobs += type == ObjectType::blob;

  // Sizes: in the header of what is stored whole, in the first bytes of a delta.
  FirstError error;
  std::vector<Survey> found(worker_count());
  parallel_for(layout.order.size(), 16384, [&](size_t begin, size_t end, unsigned worker) {
    PackEntry entry;
    uint8_t bytes[kDeltaHeaderMax];
    for (size_t i = begin; i < end; ++i) {
      if (layout.types[i] != ObjectType::blob) continue;
      const uint64_t offset = layout.offsets[i];
      pack.entry(offset, entry);
      uint64_t size = entry.size;
      if (layout.base[i] != PackLayout::kNoBase) {
        const uint64_t available = (i + 1 < layout.offsets.size() ? layout.offsets[i + 1] : pack.end()) - entry.stream_offset;
        // Eight bytes hold both sizes of all but huge blobs.
        std::optional<DeltaSizes> sizes;
        for (const size_t wanted : {size_t{8}, sizeof bytes}) {
          const long n = sizes ? 0 : inflate_prefix(pack.data() + entry.stream_offset, available, bytes, wanted);
          if (n > 0) sizes = decode_delta_sizes(bytes, static_cast<size_t>(n));
        }
        if (!sizes) return error.set(offset, pack.damage(offset, "its delta has no sound header"));
        size = sizes->result;
      }
      if (wanted(question, size)) note(found[worker], question, pack.index().id(layout.order[i]), size);
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
    const auto fail_with = [&](Error reason) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::move(reason);
    };
    auto ids = list_loose_objects(object_dir, static_cast<unsigned>(begin));
    if (!ids) return fail_with(std::move(ids).error());
    for (const ObjectId& oid : *ids) {
      auto header = read_loose_header(loose_path(object_dir, oid));
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
