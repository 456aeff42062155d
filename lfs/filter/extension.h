// Pointer extensions: programs of `lfs.extension.<name>.{clean,smudge,priority}` that content passes through on its way
// in and out, in order of priority. A pointer then says what the content was before each of them. Format and behaviour:
// git-lfs's "Extending LFS".
//
// These programs come from git's configuration only (.lfsconfig may not name any). Each step goes through a file in the
// store's tmp folder, so that its hash can be checked.
#pragma once

#include <string>
#include <vector>

#include "lfs/net/client_config.h"
#include "lfs/store/byte_stream.h"
#include "lfs/store/clean.h"
#include "lfs/store/object_store.h"

namespace lfsguard::lfs {

struct Extension {
  std::string name;
  std::string clean, smudge;  // command lines for sh; %f stands for the path
  unsigned priority = 0;
};

class Extensions {
 public:
  static Extensions read(const ClientConfig& config);
  bool empty() const { return list_.empty(); }
  const std::vector<Extension>& list() const { return list_; }  // by priority
  const Extension* named(const std::string& name) const;

 private:
  std::vector<Extension> list_;
};

// As clean(), through every extension's clean program.
Result<Cleaned> clean_through(const Extensions& extensions, const ObjectStore& store, const std::string& path,
                              const ByteSource& source);

// The object's content back through the smudge programs that its pointer names, last first. kind config when one is not
// set up here, corrupt when one gives back something else than went in.
Status smudge_through(const Extensions& extensions, const ObjectStore& store, const std::string& path,
                      const Pointer& pointer, const ByteSink& sink);

}  // namespace lfsguard::lfs
