// What an installation changed, kept beside it so that uninstalling brings back what was there, byte for byte.
//
// A folder (`<common git dir>/lfsguard/install`, `~/.local/share/lfsguard/install`) with
//   record         lines "WORD<TAB>FIRST<TAB>SECOND"; \t \n \\ stand for tab, line end, backslash
//   config.before  the configuration file as it was; absent when there was none
//   config.after   ... as the installer left it
// While the file is still as it was left, uninstalling puts the old bytes back. After someone else's edits only our own
// keys are taken out (or get their old value).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "hooks/install_changes.h"

namespace lfsguard::hooks {

class InstallRecord {
 public:
  struct Entry {
    std::string word, first, second;
  };

  // Empty where there is none.
  static Result<InstallRecord> load(const std::string& folder);
  Status save() const;
  bool exists() const { return exists_; }
  const std::vector<Entry>& entries() const { return entries_; }
  bool has(std::string_view word, std::string_view first) const;
  // Once for each (word, first).
  void add(std::string_view word, std::string_view first, std::string_view second = {});
  void forget(std::string_view word, std::string_view first);

  // Sets the keys in `file` and remembers what they were and how the file was. Nothing is written where all are right
  // already.
  Status set_config(Changes& changes, const std::string& file,
                    const std::vector<std::pair<std::string, std::string>>& settings);
  // Takes them back. `keep_prefix`: keys that begin so stay ("filter.").
  Status restore_config(Changes& changes, const std::string& file, std::string_view keep_prefix = {}) const;

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  bool exists_ = false;
  std::vector<Entry> entries_;
};

std::string escaped_line(std::string_view text);
std::string unescaped_line(std::string_view text);

}  // namespace lfsguard::hooks
