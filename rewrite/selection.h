// Which files a rewrite converts: by path, mode and what the blob is. The answer for a file depends on nothing else.
#pragma once

#include <string_view>
#include <unordered_map>

#include "git/attributes/ignore_pattern.h"
#include "git/objects/object_reader.h"
#include "lfs/store/pointer.h"
#include "rewrite/options.h"
#include "scanner/control_file.h"

namespace lfsguard::rewrite {

class PathSelection {
 public:
  PathSelection(const RewriteOptions& options, bool ignore_case)
      : include_(options.include, ignore_case), exclude_(options.exclude, ignore_case), all_(options.include.empty()), control_files_(options.control_files) {}
  bool takes(std::string_view path) const { return (control_files_ || !scanner::is_control_file(path)) && (all_ || include_.matches(path)) && !exclude_.matches(path); }
  bool includes_all() const { return all_; }

 private:
  attributes::PathList include_, exclude_;
  bool all_, control_files_;
};

// What a blob is to a rewrite; found once for each id. One for each thread.
class BlobKinds {
 public:
  BlobKinds(git::ObjectReader& reader, const RewriteOptions& options) : reader_(reader), options_(options) {}
  struct Kind {
    uint64_t size = 0;        // bytes
    uint64_t object_size = 0; // of a pointer: what it stands for
    bool convertible = false; // to pointers: not empty, no pointer yet; to files: a pointer
    bool pointer = false;
    bool missing = false;     // not stored here
  };
  Result<Kind> kind(const ObjectId& oid);

 private:
  git::ObjectReader& reader_;
  const RewriteOptions& options_;
  std::unordered_map<ObjectId, Kind> known_;
};

inline bool is_regular(uint32_t mode) { return (mode & 0170000) == 0100000; }

}  // namespace lfsguard::rewrite
