#include "scanner/repository_survey.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/durable_file.h"
#include "base/file_descriptor.h"

namespace lfsguard::scanner {
namespace {

// File: header, then `large` and `small` as 28-byte records (id, size), native byte order (a cache is of one machine), then XXH3-64 of all that.
constexpr uint64_t kMagic = 0x3153524746530a01ull;
constexpr uint32_t kCachedPack = 2000;  // objects below which a pack is surveyed faster than a file is read

struct Header {
  uint64_t magic = kMagic;
  uint64_t at_or_above = 0;
  uint64_t small_candidates = 0;
  uint64_t objects = 0, blobs = 0;
  uint64_t large = 0, small = 0;
};
struct Record {
  uint8_t oid[ObjectId::kSize];
  uint8_t size[8];
};

void append(std::string& bytes, const std::vector<git::SizedBlob>& blobs) {
  for (const git::SizedBlob& blob : blobs) {
    Record record;
    std::memcpy(record.oid, blob.oid.bytes.data(), sizeof record.oid);
    std::memcpy(record.size, &blob.size, sizeof record.size);
    bytes.append(reinterpret_cast<const char*>(&record), sizeof record);
  }
}

std::string path_of(const git::PackFile& pack, const std::string& cache_dir) {
  const std::string checksum = pack.index().pack_checksum();
  return cache_dir + "/survey-" + to_hex(checksum.data(), checksum.size());
}

// nullopt: not there, not sound, or an answer to another question.
std::optional<git::Survey> load(const std::string& path, const git::SurveyQuestion& question) {
  const auto bytes = read_file(path);
  if (!bytes || bytes->size() < sizeof(Header) + 8) return std::nullopt;
  uint64_t checksum;
  std::memcpy(&checksum, bytes->data() + bytes->size() - 8, 8);
  if (XXH3_64bits(bytes->data(), bytes->size() - 8) != checksum) return std::nullopt;
  Header header;
  std::memcpy(&header, bytes->data(), sizeof header);
  if (header.magic != kMagic || header.at_or_above > question.at_or_above || (question.small_candidates && !header.small_candidates) ||
      bytes->size() != sizeof header + (header.large + header.small) * sizeof(Record) + 8)
    return std::nullopt;
  git::Survey survey;
  survey.objects = header.objects;
  survey.blobs = header.blobs;
  const char* at = bytes->data() + sizeof header;
  for (uint64_t i = 0; i < header.large + header.small; ++i, at += sizeof(Record)) {
    git::SizedBlob blob{ObjectId::from_raw(at), 0};
    std::memcpy(&blob.size, at + ObjectId::kSize, 8);
    if (i < header.large) {
      if (blob.size >= question.at_or_above) survey.large.push_back(blob);
    } else if (question.small_candidates) {
      survey.small.push_back(blob);
    }
  }
  return survey;
}

void store(const std::string& path, const git::SurveyQuestion& question, const git::Survey& survey) {
  Header header;
  header.at_or_above = question.at_or_above;
  header.small_candidates = question.small_candidates;
  header.objects = survey.objects;
  header.blobs = survey.blobs;
  header.large = survey.large.size();
  header.small = survey.small.size();
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  append(bytes, survey.large);
  append(bytes, survey.small);
  const uint64_t checksum = XXH3_64bits(bytes.data(), bytes.size());
  bytes.append(reinterpret_cast<const char*>(&checksum), 8);
  // A cache that cannot be written costs time, nothing else.
  static_cast<void>(replace_file_durably(path, bytes));
}

void keep_distinct(std::vector<git::SizedBlob>& blobs) {
  std::sort(blobs.begin(), blobs.end(), [](const git::SizedBlob& a, const git::SizedBlob& b) { return a.oid < b.oid; });
  blobs.erase(std::unique(blobs.begin(), blobs.end(), [](const git::SizedBlob& a, const git::SizedBlob& b) { return a.oid == b.oid; }), blobs.end());
}

}  // namespace

Result<RepositorySurvey> survey_repository(const git::ObjectDatabase& database, const git::SurveyQuestion& question, const std::string& cache_dir,
                                           Progress& progress) {
  RepositorySurvey total;
  uint64_t expected = 0;
  for (const auto& source : database.sources())
    for (const auto& pack : source.packs) expected += pack->index().count();
  progress.phase("Reading sizes", expected, "objects");
  const bool cache = !cache_dir.empty() && make_directories(cache_dir).has_value();

  const auto add = [&](git::Survey survey) {
    total.objects += survey.objects;
    total.blobs += survey.blobs;
    total.large.insert(total.large.end(), survey.large.begin(), survey.large.end());
    total.small.insert(total.small.end(), survey.small.begin(), survey.small.end());
    progress.advance(total.objects);
  };
  for (const auto& source : database.sources()) {
    for (const auto& pack : source.packs) {
      ++total.packs;
      const bool cached = cache && pack->index().count() >= kCachedPack;
      const std::string path = cached ? path_of(*pack, cache_dir) : std::string();
      if (cached) {
        if (auto known = load(path, question); known && known->objects == pack->index().count()) {
          add(std::move(*known));
          continue;
        }
      }
      git::Survey survey = TRY(git::survey_pack(*pack, question));
      if (cached) store(path, question, survey);
      add(std::move(survey));
    }
    git::Survey loose = TRY(git::survey_loose(source.directory, question));
    total.loose += loose.objects;
    add(std::move(loose));
  }
  keep_distinct(total.large);
  keep_distinct(total.small);
  return total;
}

}  // namespace lfsguard::scanner
