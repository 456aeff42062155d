// From where a policy is read, and the reading.
//
// Cost: one git process (none on a server, none when the caller has the GitConfig already); TOML is parsed only where a
// file is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/git_config.h"
#include "config/policy.h"
#include "config/settings_layer.h"
#include "git/process/repository_layout.h"

namespace lfsguard::config {

struct PolicySources {
  const git::RepositoryLayout* layout = nullptr;  // nullptr: outside every repository
  const GitConfig* git_config = nullptr;          // nullptr: read here

  // Where .lfsguard.toml is taken from. bytes: the staged one or a commit's, with its name for messages
  // (".lfsguard.toml (staged)").
  enum class RepositoryFile { work_tree, bytes, none } repository_file = RepositoryFile::work_tree;
  std::string repository_file_name = ".lfsguard.toml";
  std::string repository_file_bytes;

  // Flags. `above` replaces threshold, [[limit]], warn and profile.
  std::optional<uint64_t> above;
  std::optional<std::string> threshold, profile, mode;

  // A push: the host's rules of this remote alone. The URL as git gave it to pre-push; empty: looked up by the name.
  std::string remote, push_url;

  // Server: <common dir>/lfsguard.toml, then the system's file; no environment, no git config, no user's file.
  bool server = false;

  std::string system_file = "/etc/lfsguard/config.toml";
  std::optional<std::string>
      user_file;  // nullopt: $XDG_CONFIG_HOME/lfsguard/config.toml or ~/.config/lfsguard/config.toml
};

struct LoadedPolicy {
  Policy policy;
  GitConfig git_config;  // empty on a server
  std::vector<Setting>
      settings;  // each key's effective setting, in the order of the key table; a default has the origin "default"
  std::vector<std::string> limit_origins, allowance_origins;  // beside policy.limits and policy.allowances
};

// Errors: kind config for anything wrong in any source, also in values that another source overrides.
Result<LoadedPolicy> load_policy_with_origins(const PolicySources& sources);
Result<Policy> load_policy(const PolicySources& sources);

}  // namespace lfsguard::config
