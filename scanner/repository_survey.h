// The survey of every pack and loose object of a repository, packs that were surveyed before taken from the cache.
//
// A pack never changes, so what was found in it holds for good: one small file a pack in <common dir>/lfsguard/cache, named by the pack's checksum,
// with a checksum of its own (XXH3). One that does not check is thrown away and made anew.
#pragma once

#include "base/progress.h"
#include "git/objects/object_database.h"
#include "git/objects/pack_survey.h"

namespace lfsguard::scanner {

struct RepositorySurvey {
  uint64_t objects = 0, blobs = 0, packs = 0, loose = 0;
  std::vector<git::SizedBlob> large, small;  // distinct ids
};

// `cache_dir` empty: no cache is read or written. A cache that cannot be written is no error.
Result<RepositorySurvey> survey_repository(const git::ObjectDatabase& database, const git::SurveyQuestion& question, const std::string& cache_dir,
                                           Progress& progress);

}  // namespace lfsguard::scanner
