#include "config/policy.h"

#include <algorithm>

#include "base/byte_size.h"
#include "config/settings_layer.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lfsguard::config {
namespace {

// Everything in one string with separators that cannot be part of a value.
class Digest {
 public:
  Digest& add(std::string_view text) {
    add(text.size());
    bytes_ += text;
    return *this;
  }
  Digest& add(uint64_t number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
    return *this;
  }
  uint64_t value() const { return XXH3_64bits(bytes_.data(), bytes_.size()); }

 private:
  std::string bytes_;
};

Severity severity_of(std::string_view text) {
  return text == "error" ? Severity::error : text == "warn" ? Severity::warning : Severity::off;
}

void tighten_limits(Policy& policy, const std::optional<uint64_t>& pushed_threshold,
                    std::vector<PathLimit> pushed_limits) {
  uint64_t server_lowest = policy.threshold;
  for (PathLimit& limit : policy.limits) {
    server_lowest = std::min(server_lowest, limit.threshold);
    if (pushed_threshold) limit.threshold = std::min(limit.threshold, *pushed_threshold);
  }
  if (pushed_threshold) policy.threshold = std::min(policy.threshold, *pushed_threshold);
  // A later row has the last word, so each pushed one must be at least as strict as whatever of the server's it may
  // hide.
  for (PathLimit& limit : pushed_limits) {
    limit.threshold = std::min(limit.threshold, server_lowest);
    policy.limits.push_back(std::move(limit));
  }
}

}  // namespace

uint64_t Policy::lowest_limit() const {
  uint64_t lowest = threshold;
  if (above_flag) return lowest;
  if (warn) lowest = std::min(lowest, *warn);
  for (const PathLimit& limit : limits) lowest = std::min(lowest, limit.threshold);
  return lowest;
}

uint64_t Policy::fingerprint() const {
  Digest digest;
  digest.add(threshold)
      .add(warn ? *warn + 1 : 0)
      .add(above_flag ? 1 : 0)
      .add(static_cast<uint64_t>(mode))
      .add(static_cast<uint64_t>(push))
      .add(static_cast<uint64_t>(growth));
  for (const Severity severity : severities) digest.add(static_cast<uint64_t>(severity));
  digest.add(limits.size());
  for (const PathLimit& limit : limits) digest.add(limit.pattern).add(limit.threshold);
  digest.add(track.size());
  for (const std::string& pattern : track) digest.add(pattern);
  digest.add(allowances.size());
  for (const Allowance& allowance : allowances)
    digest.add(allowance.pattern)
        .add(allowance.blob ? allowance.blob->raw() : "")
        .add(allowance.reason)
        .add(allowance.until);
  digest.add(profiles.size());
  for (const HostProfile& profile : profiles)
    digest.add(profile.name)
        .add(profile.reject)
        .add(profile.lfs_object_max)
        .add(profile.push_max)
        .add(profile.directory_entries_max);
  digest.add(static_cast<uint64_t>(server_objects));
  return digest.value();
}

Status tighten(Policy& policy, std::string_view name, std::string_view pushed_toml) {
  SettingsLayer pushed = TRY(settings_of_file(name, pushed_toml));
  std::optional<uint64_t> threshold, profile_limit;
  for (const Setting& setting : pushed.settings) {
    if (setting.key->trust == Trust::never_pushed) continue;
    const std::string_view key = setting.key->name;
    const std::string& value = setting.values.empty() ? std::string() : setting.values[0];
    if (key == "threshold") {
      threshold = *parse_byte_size(value);
    } else if (key == "warn") {
      policy.warn = std::min(policy.warn.value_or(UINT64_MAX), *parse_byte_size(value));
    } else if (key == "track") {
      policy.track.insert(policy.track.end(), setting.values.begin(), setting.values.end());
    } else if (key == "growth") {
      if (value == "judge") policy.growth = Growth::judge;
    } else if (key == "server.objects") {
      if (value == "here") policy.server_objects = ServerObjects::here;
    } else if (key == "profile") {
      const HostProfile* profile = profile_named(value);
      if (!profile) {
        const bool own = std::any_of(pushed.profiles.begin(), pushed.profiles.end(),
                                     [&](const auto& row) { return row.profile == value; });
        if (value == "auto" || own) continue;
        return fail(settings_error(name, pushed_toml, setting.position, "there is no profile \"" + value + "\"",
                                   "auto or a profile's name"));
      }
      policy.profiles.push_back(*profile);
      Severity& binary = policy.severities[static_cast<size_t>(Rule::binary)];
      binary = std::max(binary, profile->binary);
      if (profile->reject != 0) profile_limit = profile->reject;
    } else if (key.starts_with("rules.")) {
      Severity& severity = policy.severities[static_cast<size_t>(*rule_named(key.substr(6)))];
      severity = std::max(severity, severity_of(value));
    }
  }
  if (!threshold) threshold = profile_limit;  // as on a client: what is written beats what the profile says
  const uint64_t before = policy.threshold;
  tighten_limits(policy, threshold, std::move(pushed.limits));
  if (policy.threshold < before) policy.limit_source = name;
  std::move(pushed.warnings.begin(), pushed.warnings.end(), std::back_inserter(policy.warnings));
  return {};
}

}  // namespace lfsguard::config
