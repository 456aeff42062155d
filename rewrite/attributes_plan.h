// The .gitattributes of rewritten trees: a pure function of which files are converted in a tree and of that tree's own attributes files.
//
// Each file gets a line of its own at the end of the root's file, unless it is covered already. A line for an extension stands in for many only where the
// selection is that glob itself, or where there are many and every file of that extension in the tree is converted.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "git/attributes/ignore_pattern.h"
#include "git/objects/object_reader.h"
#include "rewrite/options.h"
#include "rewrite/path_trie.h"
#include "rewrite/tree_survey.h"

namespace lfsguard::rewrite {

class AttributesPlan {
 public:
  AttributesPlan(git::ObjectReader& reader, const PathTrie& trie, const TreeSurvey& survey, const RewriteOptions& options)
      : reader_(reader), trie_(trie), survey_(survey), options_(options) {
    edits_.emplace_back();
  }
  // An edit's number; 0 changes nothing. Error kind unsupported names a path that cannot be covered and why.
  Result<uint32_t> edit_for(const ObjectId& root_tree, const RootFacts& facts);

  // What an edit does. Any number of threads may ask once all edits are there.
  // New bytes of a directory's ("" or "a/b/") .gitattributes; nullopt where that stays.
  std::optional<std::string> content(uint32_t edit, const std::string& directory) const;
  std::vector<std::string> directories(uint32_t edit) const;
  // Whether some directory's but the root's changes.
  bool is_nested(uint32_t edit) const { return edits_[edit].nested; }

 private:
  // Histories that gather files have an edit for each commit, with a line for each file so far. So bytes are only kept where a nested file is in play;
  // else what they follow from is, and they are put together when they are asked for.
  struct Edit {
    std::map<std::string, std::string> files;  // directory -> new bytes of its .gitattributes
    bool nested = false;
    bool from_lines = false;  // the root's file: as it was, and a line for each file that it does not cover
    RootFacts facts;
    std::set<uint32_t> globs;  // extensions for which one line stands for all
  };
  // The root's attributes file as it is, and which paths it covers by itself.
  struct Original {
    std::string bytes;
    std::string line_ending;
    std::vector<int8_t> covered;  // by path; -1: not looked at
  };

  Result<Edit> cover(const ObjectId& root_tree, const RootFacts& facts, std::set<uint32_t> globs);
  Result<Edit> uncover(const std::vector<uint32_t>& files, const std::vector<AttributesFileAt>& attribute_files);
  // Extensions of which every file of the tree is converted, and there are many.
  Result<std::set<uint32_t>> whole_extensions(const ObjectId& root_tree, const PathSet& files);
  // Whether lines at the end of the root's file are all it takes. Takes notice of what that file covers.
  Result<bool> root_lines_do(const RootFacts& facts);
  Result<bool> needs_a_line(const RootFacts& facts);
  // The line for a path in the root's file.
  const std::string& line(uint32_t path, const std::set<uint32_t>& globs) const;
  void look_at_paths();
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
  std::map<std::tuple<uint32_t, uint32_t, std::set<uint32_t>>, uint32_t> known_;  // files, attributes, globs -> edit
  std::vector<Edit> edits_;
  std::map<uint32_t, Original> originals_;        // by attributes
  std::map<std::pair<std::string, ObjectId>, uint64_t> extension_counts_;
  // By path, and by extension.
  std::vector<std::string> own_lines_;            // empty: a line for it takes a closer look
  std::vector<uint32_t> extension_of_;            // 0: none
  std::vector<std::string> extensions_, glob_lines_;
  std::vector<std::string> selected_pattern_;     // the glob of the selection itself that matches the path; empty: none
};

}  // namespace lfsguard::rewrite
