// The policy as it holds for one path: which limit, which allowance, what severity. Compiled once, asked by every thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "config/policy.h"
#include "git/attributes/ignore_pattern.h"

namespace lfsguard::scanner {

class PathPolicy {
 public:
  // `today`: "YYYY-MM-DD" in UTC, for allowances that end.
  PathPolicy(const config::Policy& policy, bool ignore_case, std::string today);

  const config::Policy& policy() const { return policy_; }
  // At or above which a blob at that path is oversize.
  uint64_t threshold(std::string_view path) const;
  // Who set threshold(path).
  const std::string& threshold_source(std::string_view path) const;
  // The allowance that covers it, if any still holds.
  const config::Allowance* allowance(std::string_view path, const std::optional<ObjectId>& blob) const;
  // Where a plain blob's size puts it. limit is what it was held against.
  struct SizeVerdict {
    config::Severity severity = config::Severity::off;
    uint64_t limit = 0;
  };
  SizeVerdict judge_size(std::string_view path, uint64_t size) const;
  // As above for what LFS can hold, a plain file: one that the policy's `track` names is over its limit, 1 byte, whatever its size (an empty file stays
  // as it is).
  SizeVerdict judge_plain_file(std::string_view path, uint64_t size) const;
  bool always_lfs(std::string_view path) const { return !path.empty() && tracked_.matches(path); }
  // From which size on blobs must be looked at; `tracked` for scans that judge `track`, too.
  uint64_t lowest_limit(bool tracked) const { return tracked && !policy_.track.empty() && !policy_.above_flag ? 1 : policy_.lowest_limit(); }
  // The smallest lfs_object_max of the profiles in force, 0 when none has one; and the profile that says so.
  uint64_t lfs_object_max() const { return lfs_object_max_; }
  const std::string& lfs_object_profile() const { return lfs_object_profile_; }
  // Whether a new version of a file that git holds already is let through (growth = "allow"); --above asks for everything.
  bool allows_growth() const { return policy_.growth == config::Growth::allow && !policy_.above_flag; }
  // At or above which a host in force refuses a file, 0 where none does; and the profile that says so.
  uint64_t host_reject() const { return host_reject_; }
  const std::string& host_reject_profile() const { return host_reject_profile_; }
  uint64_t directory_entries_max() const { return directory_entries_max_; }
  uint64_t push_max() const { return push_max_; }

 private:
  const attributes::IgnorePattern* limit_for(std::string_view path, uint64_t* threshold) const;
  const config::Policy& policy_;
  std::string today_, limit_name_ = "[[limit]]", lfs_object_profile_, host_reject_profile_;
  std::vector<attributes::IgnorePattern> limits_;
  attributes::PathList tracked_;
  struct Allowed {
    std::optional<attributes::IgnorePattern> pattern;
    const config::Allowance* allowance;
  };
  std::vector<Allowed> allowances_;
  uint64_t lfs_object_max_ = 0, host_reject_ = 0, directory_entries_max_ = 0, push_max_ = 0;
};

// Now, as "YYYY-MM-DD" in UTC.
std::string today_utc();

}  // namespace lfsguard::scanner
