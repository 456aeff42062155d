// git's configuration as git reads it (scopes, includes, `-c`, GIT_CONFIG_*), asked for once with one process and kept.
//
// Keys are written as git lists them: section and variable in lower case, the subsection as it is ("remote.Origin.url",
// "http.https://host/.sslverify"); look-ups fold the first and the last part themselves. git-config(1) describes the
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace lfsguard::config {

class GitConfig {
 public:
  struct Entry {
    std::string scope;  // "system", "global", "local", "worktree", "command"
    std::string key;
    std::string value;
    bool has_value = true;  // `[core] bare` without "=": true as a boolean
  };

  GitConfig() = default;
  // `git config -z --list --show-scope` in `directory` (empty: here).
  static Result<GitConfig> read(const std::string& directory = {});
  // From that command's output, or from what a test makes up.
  static GitConfig parse(std::string_view listing);

  const std::vector<Entry>& entries() const { return entries_; }
  // The last value; nullptr when the key is not set.
  const Entry* find(std::string_view key) const;
  std::optional<std::string> get(std::string_view key) const;
  // All values in git's order (the last one has the last word); an empty value clears nothing here.
  std::vector<std::string> get_all(std::string_view key) const;
  // true, yes, on, numbers but 0, no value; false, no, off, 0, "". Else an error that names key and scope.
  Result<std::optional<bool>> get_bool(std::string_view key) const;
  // With git's suffixes k, m, g (1024).
  Result<std::optional<int64_t>> get_int(std::string_view key) const;
  // The value for `url` of <section>.<url pattern>.<variable>, else of <section>.<variable>, by the rules of `git
  // config --get-urlmatch`.
  std::optional<std::string> get_urlmatch(std::string_view section, std::string_view variable,
                                          std::string_view url) const;
  // As get_bool, on get_urlmatch's answer.
  Result<std::optional<bool>> get_bool_urlmatch(std::string_view section, std::string_view variable,
                                                std::string_view url) const;

  // Names of remotes in the order met.
  std::vector<std::string> remotes() const;
  // Where a push to the remote goes (pushurl, else url; insteadOf and pushInsteadOf applied): one or several. For a
  // name that is no remote: the name itself as a URL.
  std::vector<std::string> push_urls(std::string_view remote) const;
  // Where a fetch comes from.
  std::vector<std::string> fetch_urls(std::string_view remote) const;
  // url.<base>.insteadOf (and pushInsteadOf when `push`) applied: the longest prefix wins.
  std::string rewritten_url(std::string_view url, bool push) const;

 private:
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::vector<size_t>> by_key_;
};

// git's reading of a boolean; nullopt when it is none.
std::optional<bool> parse_git_bool(std::string_view text);
std::optional<int64_t> parse_git_int(std::string_view text);

}  // namespace lfsguard::config
