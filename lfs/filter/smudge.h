// Smudge: a pointer from git becomes the object's content for the work tree.
//
// What is no pointer passes through as it is. A pointer stays one (in its canonical form) where the policy says so:
// --skip, GIT_LFS_SKIP_SMUDGE, a path outside lfs.fetchinclude or inside lfs.fetchexclude. Objects that are not here
// are asked of MissingObjects.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lfs/store/byte_stream.h"
#include "lfs/store/object_store.h"
#include "lfs/store/pointer.h"

namespace lfsguard::lfs {

struct SmudgePolicy {
  bool skip = false;                                  // pointers stay pointers
  std::function<bool(std::string_view path)> wanted;  // lfs.fetchinclude and lfs.fetchexclude; empty: all
  // Writes an object whose pointer names extensions; empty: such a pointer is an error.
  std::function<Status(const std::string& path, const Pointer& pointer, const ByteSink& sink)> write_extended;
  bool skip_download_errors = false;  // lfs.skipdownloaderrors: what cannot be had stays a pointer, with a warning
  bool keeps_pointer(std::string_view path) const { return skip || (wanted && !wanted(path)); }
};

// Gets objects while the caller does other things. The implementation over the network:
// lfs/filter/background_download.h.
class MissingObjects {
 public:
  struct Outcome {
    std::string path;
    Pointer pointer;
    Status status;
  };
  virtual ~MissingObjects() = default;
  virtual void want(const std::string& path, const Pointer& pointer) = 0;
  // Waits until something wanted has come or failed; everything that did since the last call. Empty: nothing is
  // outstanding.
  virtual std::vector<Outcome> wait() = 0;
};

// `head`: the first bytes of the content, kPointerSizeLimit of them unless it is shorter; `rest`: what follows them.
// `note` takes lines for stderr.
Status smudge(const ObjectStore& store, const SmudgePolicy& policy, MissingObjects& missing, const std::string& path,
              std::string_view head, const ByteSource& rest, const ByteSink& sink,
              const std::function<void(std::string_view)>& note);

// Whether the object can be written out without asking anyone.
bool is_here(const ObjectStore& store, const Pointer& pointer);

// The object's content from the store. kind not_found when it is not here.
Status write_object(const ObjectStore& store, const Pointer& pointer, const ByteSink& sink);

}  // namespace lfsguard::lfs
