#include "config/settings_layer.h"

namespace lfsguard::config {
namespace {

tl::unexpected<Error> bad_value(const Key& key, const std::string& subject, const std::string& complaint,
                                const std::string& hint) {
  Error error{ErrorKind::config, "this setting cannot be used", subject, hint, {}};
  error.causes.push_back(complaint);
  error.causes.push_back("allowed: " + allowed_values(key));
  return fail(std::move(error));
}

std::vector<std::string> split_patterns(std::string_view text) {
  const char separator = text.find('\n') != std::string_view::npos ? '\n' : ',';
  std::vector<std::string> patterns;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    std::string_view item = text.substr(0, end);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (!item.empty()) patterns.emplace_back(item);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return patterns;
}

}  // namespace

Result<SettingsLayer> settings_of_environment(const char* (*get)(const char* name)) {
  SettingsLayer layer;
  for (const Key& key : all_keys()) {
    if (key.type == KeyType::version) continue;
    const std::string name = environment_name(key);
    const char* value = get(name.c_str());
    if (!value || !*value) continue;
    Setting setting{&key, {value}, name, name};
    if (key.type == KeyType::patterns) setting.values = split_patterns(value);
    for (const std::string& item : setting.values)
      if (const auto complaint = complaint_about(key, item))
        return bad_value(key, name + "=" + value, *complaint, "unset " + name + ", or set it right");
    layer.settings.push_back(std::move(setting));
  }
  return layer;
}

Result<SettingsLayer> settings_of_git_config(const GitConfig& config) {
  static constexpr std::string_view kPrefix = "lfsguard.";
  SettingsLayer layer;
  for (const GitConfig::Entry& entry : config.entries()) {
    if (!entry.key.starts_with(kPrefix)) continue;
    const std::string name = entry.key.substr(kPrefix.size());
    const Key* key = key_named(name);
    if (!key || key->type == KeyType::version) {
      layer.warnings.push_back("git config (" + entry.scope + "): unknown key " + entry.key);
      continue;
    }
    if (const auto complaint = complaint_about(*key, entry.value))
      return bad_value(
          *key, entry.key + " = " + entry.value, *complaint,
          "git config" + (entry.scope == "command" ? "" : " --" + entry.scope) + " --unset-all " + entry.key);
    Setting* setting = nullptr;
    for (Setting& earlier : layer.settings)
      if (earlier.key == key) setting = &earlier;
    if (!setting) setting = &layer.settings.emplace_back(Setting{key, {}, "", "git config"});
    if (key->type != KeyType::patterns)
      setting->values.clear();  // of several the last one counts, as with git's own keys
    setting->values.push_back(entry.value);
    setting->origin = "git config (" + entry.scope + ")";
  }
  return layer;
}

}  // namespace lfsguard::config
