// Sizes and types of everything that is stored, in one pass over headers: step 1 of a scan.
//
// A pack is walked in order of offsets. Each entry's header gives its type and size; a delta's type is its base's (an OFS base lies before
// it, so one forward pass settles those; REF bases are looked up), and its size stands in the first bytes of its delta. Only blobs' deltas are
// opened for that. All cores take part: headers and delta sizes are read in ranges side by side, the pass that hands types down is a few
// nanoseconds an object. Nothing is inflated beyond 20 bytes, no id is looked up but REF bases'.
//
// It does not say which objects are reachable.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/object_id.h"
#include "git/objects/object_database.h"

namespace lfsguard::git {

struct SizedBlob {
  ObjectId oid;
  uint64_t size = 0;  // bytes
};

struct SurveyQuestion {
  uint64_t at_or_above = 0;          // blobs of this size or more are listed
  bool small_candidates = false;     // also list blobs that may be LFS pointers: 24 to 1023 bytes
};

struct Survey {
  uint64_t objects = 0;
  uint64_t blobs = 0;
  std::vector<SizedBlob> large;
  std::vector<SizedBlob> small;
};

Result<Survey> survey_pack(const PackFile& pack, const SurveyQuestion& question);

// Loose objects of one folder; headers read on all cores.
Result<Survey> survey_loose(const std::string& object_dir, const SurveyQuestion& question);

}  // namespace lfsguard::git
