// What a host refuses, as data: one TOML file for each host in config/profiles/, compiled in, and `[profiles.NAME]`
// tables of the policy over them.
//
// A profile's file is TOML of the simplest kind (strings, whole numbers, arrays of strings, dotted keys), read here
// without a TOML library: hooks read profiles on every commit. tests/unit/config compares that reading with toml++'s.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/rule.h"

namespace lfsguard::config {

// What a paid plan changes.
struct PlanLimit {
  std::string plan;   // "team"
  std::string limit;  // "lfs-object-max"
  uint64_t bytes = 0;
};

// 0 = the host has no such limit. Sizes in bytes.
struct HostProfile {
  std::string name;
  std::vector<std::string> hosts;             // matched against the remote URL's host
  uint64_t warn = 0;                          // plain blob: warned at or above
  uint64_t reject = 0;                        // plain blob: refused at or above
  uint64_t lfs_object_max = 0;                // LFS object: refused above
  uint64_t push_max = 0;                      // pack of one push: refused above
  uint64_t directory_entries_max = 0;         // entries in one directory: refused above
  Severity binary = Severity::off;            // a binary blob outside LFS
  std::vector<std::string> patterns;          // what the host tracks by default, gitattributes patterns
  std::vector<std::string> dataset_patterns;  // ... and besides in a repository of data
  std::vector<PlanLimit> plans;
};

// One key of a profile as its file names it ("reject", "plans.team.lfs-object-max"); the texts are the value or the
// array's items. An answer is a complaint: "not a size", "unknown key".
std::string set_profile_key(HostProfile& profile, std::string_view key, const std::vector<std::string>& texts);
// The keys that set_profile_key knows, for messages.
std::string profile_keys();

// nullptr when there is no profile of that name.
const HostProfile* profile_named(std::string_view name);
const std::vector<HostProfile>& all_profiles();

// The host of a remote's URL in lower case, with ":port" when one was written: https, ssh, git, scp-like; userinfo
// dropped. Empty for a path and for file:// URLs.
std::string host_of_url(std::string_view url);

// The profile whose host the URL names, "generic" when none does. `endpoint` is HF_ENDPOINT: its host counts as the
// Hub's.
const HostProfile& profile_for_url(std::string_view url, const std::vector<HostProfile>& profiles,
                                   std::string_view endpoint);
// Among the built-in ones, with the environment's HF_ENDPOINT.
const HostProfile& profile_for_url(std::string_view url);

// The limits of `plan` put in place of the free ones; a plan that the profile does not know changes nothing.
void apply_plan(HostProfile& profile, std::string_view plan);

}  // namespace lfsguard::config
