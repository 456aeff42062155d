// What git's attributes say about a path, for millions of paths: the attributes files that hold for one directory, in
// order.
//
// Precedence, highest first: info/attributes, the nearest directory's file, ..., the root's, core.attributesFile, the
// system's, git's own. In a file the last matching line wins, for each attribute by itself; on a line the last token.
// Macros are defined only in the root's file and the ones outside the work tree; where several define one, the highest
// precedence wins; one is expanded where its own name comes out as set, and what it says counts at that point.
//
// A stack is immutable and shares everything with the one it was made from: entering a directory allocates one small
// node, asking about a file allocates nothing. Any thread may ask. Use:
//
//   AttributeBase base({.info = file}, ignore_case);
//   AttributeStack root = base.root(parsed_root_file_or_null);
//   AttributeStack weights = root.enter("weights", parsed_nested_file_or_null);
//   if (weights.filter("model.bin").is_lfs()) ...
//
// Only `filter` is quick. Other attributes, named when the base is made, are found by trying line after line; so is
// `filter` in the rare repository whose macros set it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "git/attributes/attribute_file.h"

namespace lfsguard::attributes {

enum class FileOrigin : uint8_t { builtin, system, global, root, nested, info };

// The files that are not part of any tree; null where there is none.
struct OuterFiles {
  std::shared_ptr<const AttributeFile> system;
  std::shared_ptr<const AttributeFile> global;  // core.attributesFile
  std::shared_ptr<const AttributeFile> info;    // <git dir>/info/attributes
};

// One attribute of one path. The views live as long as the stack that gave it.
struct Decision {
  AttributeState state = AttributeState::unspecified;
  FileOrigin origin = FileOrigin::builtin;
  uint32_t line = 0;                    // of the line that decided, counted from 1; 0: none did
  std::string_view value;               // where state is `value`
  std::string_view directory;           // of the file with that line: "" or "a/b/"
  const AttributeFile* file = nullptr;  // null: nothing matched
  bool is_lfs() const { return state == AttributeState::value && value == "lfs"; }
  // As `git check-attr` prints it: "set", "unset", "unspecified" or the value.
  std::string_view text() const;
};

// ".gitattributes:3", "a/b/.gitattributes:3", "info/attributes:1"; empty where no line decided.
std::string describe_source(const Decision& decision);

class AttributeStack;

// What holds in the whole repository. Cheap to copy.
class AttributeBase {
 public:
  // `attributes`: what may be asked besides "filter", which is always attribute number
  // 0.
  explicit AttributeBase(OuterFiles outer = {}, MatchStyle style = {}, std::vector<std::string> attributes = {});
  // The stack for the top of a tree. Macros in `file` count.
  AttributeStack root(std::shared_ptr<const AttributeFile> file = nullptr) const;

  struct Shared;

 private:
  std::shared_ptr<const Shared> shared_;
};

class AttributeStack {
 public:
  static constexpr size_t kFilter = 0;

  // The stack for a directory below this one. `name`: one path component. Macros in `file` do not count.
  AttributeStack enter(std::string_view name, std::shared_ptr<const AttributeFile> file = nullptr) const;

  // `name`: the last component of a file's path in this directory.
  Decision filter(std::string_view name) const { return decide(kFilter, name); }
  // `attribute`: 0 is "filter", 1 the first that the base was told, ...
  Decision decide(size_t attribute, std::string_view name) const;

  // False when `file`, lying here or below, could not change what `filter` says about any path.
  bool can_change_filter(const AttributeFile& file) const;
  // False when no line of any file here can match a file below this directory and give it a `filter`, as long as no
  // further file is entered: nothing below needs to be asked.
  bool can_give_filter() const;

  // "" at the top, else "a/b/".
  std::string_view directory() const;
  // Equal only for copies of one stack: a key for caches while a copy is held.
  const void* identity() const { return node_.get(); }

  struct Node;

 private:
  friend class AttributeBase;
  explicit AttributeStack(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

// For one path, all files given by name: what tests and rare questions use. `file_of` is asked for "" and each
// directory ("a/b/").
template <typename FileOf>
AttributeStack stack_for_directory(const AttributeBase& base, std::string_view directory, FileOf&& file_of) {
  AttributeStack stack = base.root(file_of(std::string_view()));
  for (size_t start = 0; start < directory.size();) {
    const size_t slash = std::min(directory.find('/', start), directory.size());
    stack = stack.enter(directory.substr(start, slash - start), file_of(directory.substr(0, slash + 1)));
    start = slash + 1;
  }
  return stack;
}

}  // namespace lfsguard::attributes
