#include "scanner/path_policy.h"

#include <fmt/format.h>

#include <ctime>

namespace lfsguard::scanner {

std::string today_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

PathPolicy::PathPolicy(const config::Policy& policy, bool ignore_case, std::string today)
    : policy_(policy), today_(std::move(today)) {
  if (!policy.above_flag)
    for (const config::PathLimit& limit : policy.limits) limits_.emplace_back(limit.pattern, ignore_case);
  if (!policy.above_flag && !policy.track.empty()) tracked_ = attributes::PathList(policy.track, ignore_case);
  for (const config::Allowance& allowance : policy.allowances) {
    if (!allowance.holds(today_)) continue;
    Allowed allowed{std::nullopt, &allowance};
    if (!allowance.pattern.empty()) allowed.pattern.emplace(allowance.pattern, ignore_case);
    allowances_.push_back(std::move(allowed));
  }
  const auto lower = [](uint64_t& least, uint64_t value) {
    const bool takes = value != 0 && (least == 0 || value < least);
    if (takes) least = value;
    return takes;
  };
  for (const config::HostProfile& profile : policy.profiles) {
    if (lower(lfs_object_max_, profile.lfs_object_max)) lfs_object_profile_ = profile.name;
    if (lower(host_reject_, profile.reject)) host_reject_profile_ = profile.name;
    lower(directory_entries_max_, profile.directory_entries_max);
    lower(push_max_, profile.push_max);
  }
}

const attributes::IgnorePattern* PathPolicy::limit_for(std::string_view path, uint64_t* threshold) const {
  for (size_t i = limits_.size(); i-- > 0;) {
    if (!limits_[i].matches(path)) continue;
    *threshold = policy_.limits[i].threshold;
    return &limits_[i];
  }
  return nullptr;
}

uint64_t PathPolicy::threshold(std::string_view path) const {
  uint64_t threshold = policy_.threshold;
  limit_for(path, &threshold);
  return threshold;
}

const std::string& PathPolicy::threshold_source(std::string_view path) const {
  uint64_t threshold = 0;
  return limit_for(path, &threshold) ? limit_name_ : policy_.limit_source;
}

const config::Allowance* PathPolicy::allowance(std::string_view path, const std::optional<ObjectId>& blob) const {
  for (const Allowed& allowed : allowances_) {
    if (allowed.pattern ? allowed.pattern->matches(path) : blob && allowed.allowance->blob == blob) return allowed.allowance;
  }
  return nullptr;
}

PathPolicy::SizeVerdict PathPolicy::judge_plain_file(std::string_view path, uint64_t size) const {
  const SizeVerdict verdict = judge_size(path, size);
  if (verdict.severity == config::Severity::error || size == 0 || !always_lfs(path)) return verdict;
  return {config::Severity::error, 1};
}

PathPolicy::SizeVerdict PathPolicy::judge_size(std::string_view path, uint64_t size) const {
  const uint64_t limit = threshold(path);
  if (size >= limit) return {config::Severity::error, limit};
  if (policy_.warn && !policy_.above_flag && size >= *policy_.warn) return {config::Severity::warning, *policy_.warn};
  return {};
}

}  // namespace lfsguard::scanner
