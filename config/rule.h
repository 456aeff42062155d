// The rules a repository is held against (docs/interface.md, "What is found") and how hard each one bites.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace lfsguard::config {

enum class Rule {
  oversize,
  raw_in_lfs,
  binary,
  bad_pointer,
  uncovered_pointer,
  missing_object,
  lfs_oversize,
  too_many_entries,
  push_too_big,
  attributes_ignored,
};
inline constexpr size_t kRuleCount = 10;

enum class Severity { off, warning, error };

// The names users write and read: "raw-in-lfs".
inline constexpr std::array<std::string_view, kRuleCount> kRuleNames = {
    "oversize",       "raw-in-lfs",   "binary",           "bad-pointer",  "uncovered-pointer",
    "missing-object", "lfs-oversize", "too-many-entries", "push-too-big", "attributes-ignored"};

constexpr std::string_view name_of(Rule rule) { return kRuleNames[static_cast<size_t>(rule)]; }
constexpr std::optional<Rule> rule_named(std::string_view name) {
  for (size_t i = 0; i < kRuleCount; ++i)
    if (kRuleNames[i] == name) return static_cast<Rule>(i);
  return std::nullopt;
}

}  // namespace lfsguard::config
