// What one source of settings says, checked against the key table, with where each thing was said. Layers are put over
// each other in policy.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/git_config.h"
#include "config/host_profile.h"
#include "config/key_table.h"
#include "config/policy.h"
#include "config/toml_document.h"

namespace lfsguard::config {

struct Setting {
  const Key* key = nullptr;
  std::vector<std::string> values;  // one, or any number for KeyType::patterns
  std::string origin;               // ".lfsguard.toml:3", "git config (local)", "LFSGUARD_MODE", "--profile"
  std::string source;               // the same without the line: ".lfsguard.toml"
  TextPosition position = {};       // in a file
};

// One key of a [profiles.NAME] table.
struct ProfileSetting {
  std::string profile;
  std::string key;
  std::vector<std::string> values;
  std::string origin;
};

struct SettingsLayer {
  std::string name, text;  // of a file, for complaints that need other layers to be known
  std::vector<Setting> settings;
  std::vector<PathLimit> limits;  // in the order of the file
  std::vector<std::string> limit_origins;
  std::vector<Allowance> allowances;
  std::vector<std::string> allowance_origins;
  std::vector<ProfileSetting> profiles;
  std::vector<std::string> warnings;  // "name:line: unknown key ..."
};

// A TOML file: .lfsguard.toml, config.toml, a server's lfsguard.toml. `name` is how messages call it. Anything wrong is
// an error with line and caret; an unknown key is a warning.
Result<SettingsLayer> settings_of_file(std::string_view name, std::string_view text);

// LFSGUARD_KEY variables; `get` is getenv or a test's.
Result<SettingsLayer> settings_of_environment(const char* (*get)(const char* name));

// lfsguard.KEY; unknown keys below lfsguard are warnings.
Result<SettingsLayer> settings_of_git_config(const GitConfig& config);

}  // namespace lfsguard::config
