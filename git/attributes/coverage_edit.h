// Making `filter=lfs` hold for paths: which attributes files get which lines, and whether it worked.
//
// Nothing is read or written here: the caller gives the bytes of the attributes files as they are in one place (a
// commit's tree, the index, the work tree, another index of `git commit PATH`) and gets back the ones that change. Each
// place is its own call, and gets an answer in its own right.
//
// How: a path that is covered already needs nothing. Else its pattern goes to the root's file; where that does not help
// because the file of a deeper directory says otherwise, a line for the path is added to that file; where git's limit
// for a line forbids it, to the deepest directory's file that the path allows. What info/attributes decides cannot be
// changed from a tree: such a path is refused by name.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "git/attributes/attribute_stack.h"
#include "git/attributes/pattern_writer.h"

namespace lfsguard::attributes {

struct CoverageRequest {
  std::string path;     // relative to the top
  std::string pattern;  // for the root's file, e.g. "*.safetensors"; empty: the path's own
};

// The files of one place. `directory`: "" or "a/b/".
struct AttributesPlace {
  // The bytes of that directory's .gitattributes, nullopt when there is none.
  std::function<Result<std::optional<std::string>>(std::string_view directory)> read;
  // Empty, or why that file must not be changed (it is a symbolic link, ...): its paths are refused with these words.
  std::function<std::string(std::string_view directory)> unwritable;
  ReadFrom read_from = ReadFrom::blob;
  MatchesPlainNeighbour matches_plain_neighbour;
  // Only "" is written to, or the directory of each path (rewrite's --attributes nested).
  enum class Preferred { root, nested } preferred = Preferred::root;
};

struct CoverageEdit {
  std::map<std::string, std::string> files;  // directory -> new bytes, only those that change
  struct Line {
    std::string directory;
    std::string text;  // without line ending
    bool operator==(const Line&) const = default;
  };
  std::vector<Line> lines;  // that were added, in order
  struct Refusal {
    std::string path;
    Error error;  // kind unsupported; names what stands in the way
  };
  std::vector<Refusal> refusals;  // paths that are not covered by `files`, in order of the requests
};

// An error only where `read` fails. With `union_line` set, a root file that is changed also gets "/.gitattributes
// merge=union".
Result<CoverageEdit> edit_to_cover(const AttributeBase& base, const std::vector<CoverageRequest>& requests,
                                   const AttributesPlace& place, bool union_line = false);

}  // namespace lfsguard::attributes
