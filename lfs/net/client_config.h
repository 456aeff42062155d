// The settings that the LFS client lives by: git's configuration, and under it the repository's `.lfsconfig`.
//
// All of git's values are read by one `git config --list`. `.lfsconfig` (of the work tree, else the index, else HEAD)
// travels with a repository and is a stranger's file: only the keys of docs/lfs.md ("Endpoint") count there, others are
// ignored with a warning. Names are compared as git does: section and key in any case, the subsection exactly.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "git/process/repository_layout.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {

class ClientConfig {
 public:
  static Result<ClientConfig> load(const git::RepositoryLayout& layout);
  // Without a repository or git, for tests: (name, value) pairs in the order git lists them.
  static ClientConfig from(const std::vector<std::pair<std::string, std::string>>& values,
                           const std::vector<std::pair<std::string, std::string>>& lfsconfig = {});

  // The last value of a name, `.lfsconfig`'s where git's configuration has none. "lfs.url", "remote.origin.url".
  std::optional<std::string> get(std::string_view name) const;
  std::vector<std::string> get_all(std::string_view name) const;
  // As git reads booleans and numbers; `otherwise` where the name is missing or its value is none.
  bool flag(std::string_view name, bool otherwise) const;
  int64_t number(std::string_view name, int64_t otherwise) const;

  // `section.<url>.key`, else `section.key`: of all patterns that match the most exact one. "http", "proxy".
  std::optional<std::string> for_url(std::string_view section, std::string_view key, const Url& url) const;
  // All values of the most exact pattern that has the key (http.extraHeader); an empty one clears those before it.
  std::vector<std::string> all_for_url(std::string_view section, std::string_view key, const Url& url) const;

  // The names between "section." and ".key": remotes, extensions, custom transfer agents. In order, each once.
  std::vector<std::string> subsections(std::string_view section) const;
  // (subsection, value) of every `section.*.key`, in order.
  std::vector<std::pair<std::string, std::string>> each(std::string_view section, std::string_view key) const;

  // Ready to be printed, one a line.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Entry {
    std::string name;  // section and key in lower case
    std::string value;
  };
  static std::string folded(std::string_view name);
  void add_git(std::string_view name, std::string_view value) {
    entries_.push_back({folded(name), std::string(value)});
  }
  void add_lfsconfig(std::string_view name, std::string_view value);
  std::vector<Entry> entries_;  // .lfsconfig's first, so that git's win
  std::vector<Entry> lfsconfig_;
  std::vector<std::string> warnings_;
};

}  // namespace lfsguard::lfs
