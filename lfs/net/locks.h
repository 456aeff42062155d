// The locking API's messages. Format: the public Git LFS document "File Locking API".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lfsguard::lfs {

struct Lock {
  std::string id, path, owner, locked_at;
  bool ours = false;  // known after verify only
};

struct LockPage {
  std::vector<Lock> locks;
  std::string next_cursor;  // empty: the last page
};

std::string format_lock_request(const std::string& path, const std::string& ref);
std::string format_unlock_request(bool force, const std::string& ref);
std::string format_verify_request(const std::string& ref, const std::string& cursor);

// {"lock": {...}}: of a lock that was made, taken away, or stands in the way (409).
Result<Lock> parse_lock(std::string_view body);
// {"locks": [...]}, and of verify {"ours": [...], "theirs": [...]}.
Result<LockPage> parse_locks(std::string_view body);

std::string to_json(const Lock& lock);
// As git-lfs prints it: {"path":…,"unlocked":true}, or with "id" in place of "path" where `id` is not empty.
std::string unlocked_json(const std::string& path, const std::string& id);

}  // namespace lfsguard::lfs
