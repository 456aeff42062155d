// Everything that the installer does to files and configuration goes through here, so that each change is said on a
// line of its own, and a dry run says the same and does nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lfsguard::hooks {

class Changes {
 public:
  using Say = std::function<void(std::string_view line)>;
  Changes(bool dry_run, Say say) : dry_run_(dry_run), say_(std::move(say)) {}

  bool dry_run() const { return dry_run_; }
  size_t count() const { return count_; }  // changes made, or to be made

  // Says something that is no change.
  void note(std::string_view line) const { say_(line); }

  // Makes the folder too. Nothing where the file holds that text already and may be run if `executable`.
  Status write_file(const std::string& path, std::string_view text, bool executable);
  Status move(const std::string& from, const std::string& to);
  Status remove(const std::string& path);
  // Silent: an empty folder; nothing when it is not empty or not there.
  void remove_folder_if_empty(const std::string& path) const;
  Status remove_tree(const std::string& path);
  Status make_link(const std::string& target, const std::string& path);

  // In that configuration file (git config --file). Nothing where the file's one value is that already.
  Status set_config(const std::string& file, const std::string& key, const std::string& value);
  Status unset_config(const std::string& file, const std::string& key);
  // Puts the bytes back; nullopt: the file was not there.
  Status restore_config(const std::string& file, const std::optional<std::string>& bytes);

 private:
  // "wrote PATH", or "would write PATH".
  void say_change(std::string_view past, std::string_view infinitive, std::string_view what);
  bool dry_run_;
  Say say_;
  size_t count_ = 0;
};

// All values of a key in one file; empty when none or no such file.
Result<std::vector<std::string>> config_values(const std::string& file, const std::string& key);

// nullopt when there is no such file.
Result<std::optional<std::string>> bytes_of_file(const std::string& path);

}  // namespace lfsguard::hooks
