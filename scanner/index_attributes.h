// What the index's .gitattributes say, without asking git: HEAD's files, but for those that `git diff-index` lists as staged.
//
// A hook has that list anyway, so that a commit with nothing to mend needs no process for attributes. Where it is not that simple (HEAD not in a
// file, an unmerged or symbolic .gitattributes, a tree that is not stored, settings that only git can place) the answer is nullopt, and git is
// to be asked: git::covered_by_attributes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/git_config.h"
#include "git/attributes/attribute_stack.h"
#include "git/objects/object_reader.h"
#include "git/process/repository_layout.h"
#include "git/process/staged_changes.h"

namespace lfsguard::scanner {

class IndexAttributes {
 public:
  // nullopt: git is to be asked about everything. The arguments must outlive the result.
  static std::optional<IndexAttributes> open(const git::RepositoryLayout& layout, git::ObjectReader& reader, const git::StagedAttributes& staged,
                                             const config::GitConfig& git_config);

  // Whether attributes make LFS of `path`; nullopt: ask git.
  std::optional<bool> covers(std::string_view path);

  // `directory`: "" or "a/b". The bytes of its .gitattributes in the index; an inner nullopt: there is none; an outer one: ask git.
  std::optional<std::optional<std::string>> file(const std::string& directory);

  // How many entries `directory` has in HEAD; 0 where there is none.
  size_t entries_in_head(const std::string& directory);

 private:
  IndexAttributes(git::ObjectReader& reader, const git::StagedAttributes& staged, attributes::AttributeBase base, std::optional<ObjectId> root)
      : reader_(reader), staged_(staged), base_(std::move(base)), root_(root) {}
  // HEAD's tree at that path; nullopt where there is none, and known_ false where that cannot be told.
  const std::optional<git::Object>& tree(const std::string& directory);
  const attributes::AttributeStack* stack(const std::string& directory);

  git::ObjectReader& reader_;
  const git::StagedAttributes& staged_;
  attributes::AttributeBase base_;
  std::optional<ObjectId> root_;
  bool known_ = true;
  std::map<std::string, std::optional<git::Object>> trees_;
  std::map<std::string, attributes::AttributeStack> stacks_;
};

}  // namespace lfsguard::scanner
