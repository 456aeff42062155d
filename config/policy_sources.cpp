#include "config/policy_sources.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "base/byte_size.h"
#include "base/file_descriptor.h"

namespace lfsguard::config {
namespace {

constexpr uint64_t kDefaultThreshold = 10u << 20;
constexpr off_t kFileAtMost = 1 << 20;

std::string default_user_file() {
  const char* config_home = std::getenv("XDG_CONFIG_HOME");
  if (config_home && *config_home == '/') return std::string(config_home) + "/lfsguard/config.toml";
  const char* home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.config/lfsguard/config.toml" : std::string();
}

// nullopt where there is no such file (or, as git has it with the user's own, none that may be read).
Result<std::optional<std::string>> settings_text(const std::string& path, bool unreadable_is_absent) {
  if (path.empty()) return std::optional<std::string>();
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || (errno == EACCES && unreadable_is_absent))
      return std::optional<std::string>();
    return fail(errno_error("cannot read the settings", path));
  }
  if (!S_ISREG(info.st_mode))
    return fail(ErrorKind::config, "the settings are no file", path, "move it away, or put a file there");
  if (info.st_size > kFileAtMost)
    return fail(ErrorKind::config, "the settings are over 1 MiB", path, "a settings file has a few lines");
  auto text = read_file(path);
  if (text) return std::optional(std::move(*text));
  return fail(std::move(text.error()).because("cannot read the settings", path));
}

// Layers from the lowest to the highest.
class Loader {
 public:
  explicit Loader(const PolicySources& sources) : sources_(sources) {}

  Result<LoadedPolicy> load() {
    TRY(add_file(sources_.system_file, sources_.system_file, false));
    if (sources_.server) {
      if (sources_.layout) {
        const std::string path = sources_.layout->common_dir + "/lfsguard.toml";
        TRY(add_file(path, path, false));
      }
    } else {
      const std::string user_file = sources_.user_file.value_or(default_user_file());
      TRY(add_file(user_file, user_file, true));
      TRY(add_repository_file());
      if (sources_.git_config) {
        loaded_.git_config = *sources_.git_config;
      } else {
        loaded_.git_config = TRY(GitConfig::read(directory()));
      }
      layers_.push_back(TRY(settings_of_git_config(loaded_.git_config)));
      layers_.push_back(
          TRY(settings_of_environment([](const char* name) -> const char* { return std::getenv(name); })));
      TRY(add_flags());
    }
    TRY(merge());
    TRY(fill_policy());
    return std::move(loaded_);
  }

 private:
  std::string directory() const {
    if (!sources_.layout) return {};
    return sources_.layout->work_tree.empty() ? sources_.layout->git_dir : sources_.layout->work_tree;
  }

  Status add_file(const std::string& path, const std::string& name, bool unreadable_is_absent) {
    const auto text = TRY(settings_text(path, unreadable_is_absent));
    if (text) layers_.push_back(TRY(settings_of_file(name, *text)));
    return {};
  }

  Status add_repository_file() {
    using From = PolicySources::RepositoryFile;
    if (sources_.repository_file == From::bytes) {
      layers_.push_back(TRY(settings_of_file(sources_.repository_file_name, sources_.repository_file_bytes)));
    } else if (sources_.repository_file == From::work_tree && sources_.layout && !sources_.layout->work_tree.empty()) {
      return add_file(sources_.layout->work_tree + "/.lfsguard.toml", sources_.repository_file_name, false);
    }
    return {};
  }

  Status add_flags() {
    SettingsLayer flags;
    const auto add = [&](const char* key_name, const char* flag, const std::optional<std::string>& value) -> Status {
      if (!value) return {};
      const Key& key = *key_named(key_name);
      if (const auto complaint = complaint_about(key, *value))
        return fail(ErrorKind::usage, "this value is not allowed", std::string(flag) + " " + *value,
                    "allowed: " + allowed_values(key));
      flags.settings.push_back({&key, {*value}, flag, flag});
      return {};
    };
    TRY(add("threshold", "--threshold", sources_.threshold));
    TRY(add("profile", "--profile", sources_.profile));
    TRY(add("mode", "--mode", sources_.mode));
    if (sources_.above)
      flags.settings.push_back({key_named("threshold"), {std::to_string(*sources_.above)}, "--above", "--above"});
    layers_.push_back(std::move(flags));
    return {};
  }

  // Each key from the highest layer that has it; tables of all layers one behind the other, so that the highest one's
  // rows come last.
  Status merge() {
    Policy& policy = loaded_.policy;
    for (const Key& key : all_keys()) {
      const Setting* best = nullptr;
      for (const SettingsLayer& layer : layers_)
        for (const Setting& setting : layer.settings)
          if (setting.key == &key) {
            best = &setting;
            best_layer_ = key.type == KeyType::profile ? &layer : best_layer_;
          }
      if (best)
        loaded_.settings.push_back(*best);
      else if (!key.fallback.empty())
        loaded_.settings.push_back({&key, {std::string(key.fallback)}, "default", "default"});
    }
    for (SettingsLayer& layer : layers_) {
      std::move(layer.warnings.begin(), layer.warnings.end(), std::back_inserter(policy.warnings));
      if (!sources_.above) {
        std::move(layer.limits.begin(), layer.limits.end(), std::back_inserter(policy.limits));
        std::move(layer.limit_origins.begin(), layer.limit_origins.end(), std::back_inserter(loaded_.limit_origins));
      }
      std::move(layer.allowances.begin(), layer.allowances.end(), std::back_inserter(policy.allowances));
      std::move(layer.allowance_origins.begin(), layer.allowance_origins.end(),
                std::back_inserter(loaded_.allowance_origins));
    }
    return {};
  }

  const Setting* setting(std::string_view name) const {
    for (const Setting& candidate : loaded_.settings)
      if (candidate.key->name == name) return &candidate;
    return nullptr;
  }
  std::string_view value(std::string_view name) const {
    const Setting* found = setting(name);
    return found ? std::string_view(found->values[0]) : std::string_view();
  }

  // The built-in profiles with what [profiles.NAME] tables change or add.
  std::vector<HostProfile> known_profiles() const {
    std::vector<HostProfile> profiles = all_profiles();
    for (const SettingsLayer& layer : layers_) {
      for (const ProfileSetting& change : layer.profiles) {
        auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [&](const HostProfile& p) { return p.name == change.profile; });
        if (found == profiles.end()) {
          HostProfile added;
          added.name = change.profile;
          found = profiles.insert(profiles.begin(), std::move(added));  // before the built-in ones: its hosts are meant
        }
        set_profile_key(*found, change.key, change.values);
      }
    }
    return profiles;
  }

  Status choose_profiles() {
    Policy& policy = loaded_.policy;
    const std::vector<HostProfile> known = known_profiles();
    const auto named = [&](std::string_view name) -> const HostProfile* {
      for (const HostProfile& profile : known)
        if (profile.name == name) return &profile;
      return nullptr;
    };
    const std::string name(value("profile"));
    const HostProfile* chosen = name == "auto" ? nullptr : named(name);
    if (name != "auto" && !chosen) return fail(unknown_profile(known));
    const auto add = [&](const HostProfile& profile, std::string_view url) {
      for (const HostProfile& there : policy.profiles)
        if (there.name == profile.name) return;
      policy.profiles.push_back(profile);
      HostProfile& added = policy.profiles.back();
      if (url.find("/datasets/") != std::string_view::npos)
        added.patterns.insert(added.patterns.end(), added.dataset_patterns.begin(), added.dataset_patterns.end());
      if (setting("plan")->origin != "default") apply_plan(added, value("plan"));
    };
    if (sources_.above) {
      add(*named("generic"), "");
    } else if (chosen) {
      add(*chosen, sources_.push_url);
    } else if (!sources_.server) {
      const char* endpoint = std::getenv("HF_ENDPOINT");
      for (const std::string& url : urls()) add(profile_for_url(url, known, endpoint ? endpoint : ""), url);
    }
    if (policy.profiles.empty()) add(*named("generic"), "");
    return {};
  }

  Error unknown_profile(const std::vector<HostProfile>& known) const {
    const Setting& wrong = *setting("profile");
    std::string allowed = "auto";
    for (const HostProfile& profile : known) allowed += ", " + profile.name;
    const std::string complaint = "there is no profile \"" + wrong.values[0] + "\"";
    if (best_layer_ && wrong.position.line > 0)
      return settings_error(best_layer_->name, best_layer_->text, wrong.position, complaint, allowed);
    Error error{wrong.origin.starts_with("--") ? ErrorKind::usage : ErrorKind::config,
                "this setting cannot be used",
                wrong.origin + ": " + wrong.values[0],
                "",
                {}};
    error.causes = {complaint, "allowed: " + allowed};
    return error;
  }

  std::vector<std::string> urls() const {
    if (!sources_.push_url.empty()) return {sources_.push_url};
    if (!sources_.remote.empty()) return loaded_.git_config.push_urls(sources_.remote);
    std::vector<std::string> all;
    for (const std::string& remote : loaded_.git_config.remotes())
      for (std::string& url : loaded_.git_config.push_urls(remote)) all.push_back(std::move(url));
    return all;
  }

  Status fill_policy() {
    Policy& policy = loaded_.policy;
    policy.above_flag = sources_.above.has_value();
    TRY(choose_profiles());
    fill_limits();
    policy.mode = value("mode") == "block" ? Mode::block : value("mode") == "warn" ? Mode::warn : Mode::fix;
    policy.push = value("push") == "warn" ? PushMode::warn : PushMode::block;
    policy.growth = value("growth") == "allow" ? Growth::allow : Growth::judge;
    if (const Setting* track = setting("track")) policy.track = track->values;
    policy.bypass = value("server.bypass");
    if (const auto memory = parse_byte_size(value("rewrite.memory"))) policy.rewrite_memory = *memory;
    const std::string_view objects = value("server.objects");
    policy.server_objects = objects == "here"        ? ServerObjects::here
                            : objects == "elsewhere" ? ServerObjects::elsewhere
                                                     : ServerObjects::automatic;
    for (const HostProfile& profile : policy.profiles)
      policy.severities[static_cast<size_t>(Rule::binary)] = std::max(policy.severity(Rule::binary), profile.binary);
    for (size_t i = 0; i < kRuleCount; ++i) {
      const std::string_view text = value("rules." + std::string(kRuleNames[i]));
      if (text.empty()) continue;
      policy.severities[i] = text == "error" ? Severity::error : text == "warn" ? Severity::warning : Severity::off;
    }
    return {};
  }

  void fill_limits() {
    Policy& policy = loaded_.policy;
    policy.threshold = kDefaultThreshold;
    policy.limit_source = "default";
    if (const Setting* threshold = setting("threshold")) {
      policy.threshold = *parse_byte_size(threshold->values[0]);
      policy.limit_source = threshold->source;
    } else {
      uint64_t lowest = 0;
      for (const HostProfile& profile : policy.profiles) {
        if (profile.reject == 0 || (lowest != 0 && profile.reject >= lowest)) continue;
        policy.threshold = lowest = profile.reject;
        policy.limit_source = profile.name;
      }
    }
    if (sources_.above) return;
    if (const Setting* warn = setting("warn")) {
      policy.warn = *parse_byte_size(warn->values[0]);
    } else {
      for (const HostProfile& profile : policy.profiles)
        if (profile.warn != 0 && profile.warn < policy.warn.value_or(UINT64_MAX)) policy.warn = profile.warn;
    }
  }

  const PolicySources& sources_;
  std::vector<SettingsLayer> layers_;
  const SettingsLayer* best_layer_ = nullptr;  // that the profile's name comes from
  LoadedPolicy loaded_;
};

}  // namespace

Result<LoadedPolicy> load_policy_with_origins(const PolicySources& sources) { return Loader(sources).load(); }

Result<Policy> load_policy(const PolicySources& sources) {
  LoadedPolicy loaded = TRY(load_policy_with_origins(sources));
  return std::move(loaded.policy);
}

}  // namespace lfsguard::config
