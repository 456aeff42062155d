// The long-running filter that git talks to over its standard input and output: one process for all files of a command.
//
// Protocol version 2, capabilities clean, smudge, delay (gitattributes(5), "Long Running Filter Process"). Content goes
// through in constant memory: clean streams into the store, smudge out of it, what is no pointer goes by way of a file
// in the store's tmp folder, because git sends all of it before it reads any.
//
// Delay: where git allows it, a file whose object is not here is answered "delayed", and all such objects are
// downloaded together; git asks for them again when list_available_blobs names them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "lfs/filter/smudge.h"
#include "lfs/store/clean.h"

namespace lfsguard::lfs {

struct FilterServices {
  const ObjectStore& store;
  SmudgePolicy policy;
  MissingObjects& missing;
  // Content to pointer, `path` being git's %f. Called once for a file; must read the source to its end unless it fails.
  std::function<Result<Cleaned>(const std::string& path, const ByteSource& source)> clean;
  std::function<void(std::string_view line)> note;  // lines for stderr
};

// Serves until git closes its end. Errors only where the conversation itself breaks; a file's error is told to git and
// noted.
Status run_filter_process(int input, int output, const FilterServices& services);

}  // namespace lfsguard::lfs
