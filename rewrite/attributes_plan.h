// The .gitattributes of rewritten trees: a pure function of which files are converted in a tree and of that tree's own attributes files.
//
// Each file gets a line of its own at the end of the root's file, unless it is covered already. A line for an extension stands in for many only where the
// selection is that glob itself, or where there are many and every file of that extension in the tree is converted.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "git/attributes/ignore_pattern.h"
#include "git/objects/object_reader.h"
#include "rewrite/options.h"
#include "rewrite/path_trie.h"
#include "rewrite/tree_survey.h"

namespace lfsguard::rewrite {

struct AttributesEdit {
  std::map<std::string, std::string> files;  // directory -> new bytes of its .gitattributes
  bool nested = false;                       // some directory but the root's changes
};

class AttributesPlan {
 public:
  AttributesPlan(git::ObjectReader& reader, const PathTrie& trie, const TreeSurvey& survey, const RewriteOptions& options)
      : reader_(reader), trie_(trie), survey_(survey), options_(options) {
    edits_.emplace_back();
  }
  // Index into edits(); 0 changes nothing. Error kind unsupported names a path that cannot be covered and why.
  Result<uint32_t> edit_for(const ObjectId& root_tree, const RootFacts& facts);
  const std::vector<AttributesEdit>& edits() const { return edits_; }

 private:
  Result<AttributesEdit> cover(const ObjectId& root_tree, const std::vector<uint32_t>& files, const std::vector<AttributesFileAt>& attribute_files);
  Result<AttributesEdit> uncover(const std::vector<uint32_t>& files, const std::vector<AttributesFileAt>& attribute_files);
  // How many regular files below a tree end with the extension.
  Result<uint64_t> count_extension(const ObjectId& tree_oid, const std::string& extension);
  // Whether the pattern matches a file of the tree that is not converted. `path`: of the tree, "" or "a/b/".
  Result<bool> has_other_match(const ObjectId& tree_oid, const attributes::IgnorePattern& matcher, const std::set<std::string_view>& converted,
                               std::string& path);
  Result<std::string> link_target_content(const ObjectId& root_tree, const AttributesFileAt& link);

  git::ObjectReader& reader_;
  const PathTrie& trie_;
  const TreeSurvey& survey_;
  const RewriteOptions& options_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> known_;
  std::vector<AttributesEdit> edits_;
  std::map<std::pair<std::string, ObjectId>, uint64_t> extension_counts_;
};

}  // namespace lfsguard::rewrite
