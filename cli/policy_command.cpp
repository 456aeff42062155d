// `lfsguard policy`: each setting in force. The text is TOML that could stand in .lfsguard.toml; with --show-origin
// each line says in a comment where it comes from.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/byte_size.h"
#include "cli/context.h"
#include "config/policy_sources.h"

namespace lfsguard::cli {
namespace {

using config::KeyType;
using config::Setting;
using nlohmann::json;

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      result += c;
  }
  return result + "\"";
}

// What is in force, profiles' limits included, as settings with origins.
std::vector<Setting> effective_settings(const config::LoadedPolicy& loaded) {
  const config::Policy& policy = loaded.policy;
  std::vector<Setting> all = loaded.settings;
  const auto present = [&](std::string_view name) {
    for (const Setting& setting : loaded.settings)
      if (setting.key->name == name) return true;
    return false;
  };
  const auto add = [&](std::string_view name, std::string value, std::string origin) {
    if (!present(name)) all.push_back({config::key_named(name), {std::move(value)}, origin, origin});
  };
  const bool from_profile = policy.limit_source != "default";
  add("threshold", std::to_string(policy.threshold), from_profile ? "profile " + policy.limit_source : "default");
  for (const config::HostProfile& profile : policy.profiles) {
    if (policy.warn && profile.warn == *policy.warn && !present("warn")) {
      add("warn", std::to_string(*policy.warn), "profile " + profile.name);
      break;
    }
  }
  const auto binary = policy.severity(config::Rule::binary);
  std::string binary_origin = "default";
  for (const config::HostProfile& profile : policy.profiles)
    if (profile.binary == binary && binary != config::Severity::off) binary_origin = "profile " + profile.name;
  add("rules.binary",
      binary == config::Severity::error     ? "error"
      : binary == config::Severity::warning ? "warn"
                                            : "off",
      binary_origin);
  std::stable_sort(all.begin(), all.end(), [](const Setting& a, const Setting& b) { return a.key < b.key; });
  return all;
}

std::string value_text(const Setting& setting) {
  if (setting.key->type == KeyType::version) return setting.values[0];
  if (setting.key->type == KeyType::patterns) {
    std::string list;
    for (const std::string& value : setting.values) list += (list.empty() ? "" : ", ") + toml_string(value);
    return "[" + list + "]";
  }
  if (setting.key->type == KeyType::size) {
    // A size as it was written; a bare number in words.
    const uint64_t bytes = *parse_byte_size(setting.values[0]);
    const bool bare = setting.values[0].find_first_not_of("0123456789") == std::string::npos;
    const std::string words = format_byte_size(bytes);
    return bare && *parse_byte_size(words) != bytes ? setting.values[0] : toml_string(bare ? words : setting.values[0]);
  }
  return toml_string(setting.values[0]);
}

json value_json(const Setting& setting) {
  if (setting.key->type == KeyType::patterns) return setting.values;
  if (setting.key->type == KeyType::size) return *parse_byte_size(setting.values[0]);
  if (setting.key->type == KeyType::version) return 1;
  return setting.values[0];
}

std::string text_report(const config::LoadedPolicy& loaded, bool origins) {
  std::string text, table;
  const auto line = [&](const std::string& assignment, const std::string& origin) {
    text += origins ? fmt::format("{:<40}  # {}\n", assignment, origin) : assignment + "\n";
  };
  for (const Setting& setting : effective_settings(loaded)) {
    const size_t dot = setting.key->name.find('.');
    const std::string inside(dot == std::string_view::npos ? "" : setting.key->name.substr(0, dot));
    if (inside != table) text += "\n[" + inside + "]\n";
    table = inside;
    line(std::string(setting.key->name.substr(dot == std::string_view::npos ? 0 : dot + 1)) + " = " +
             value_text(setting),
         setting.origin);
  }
  const config::Policy& policy = loaded.policy;
  for (size_t i = 0; i < policy.limits.size(); ++i) {
    text += "\n";
    line("[[limit]]", loaded.limit_origins[i]);
    text += "path = " + toml_string(policy.limits[i].pattern) +
            "\nthreshold = " + toml_string(format_byte_size(policy.limits[i].threshold)) + "\n";
  }
  for (size_t i = 0; i < policy.allowances.size(); ++i) {
    const config::Allowance& allowance = policy.allowances[i];
    text += "\n";
    line("[[allow]]", loaded.allowance_origins[i]);
    text +=
        allowance.blob ? "blob = " + toml_string(allowance.blob->hex()) : "path = " + toml_string(allowance.pattern);
    text += "\nreason = " + toml_string(allowance.reason) + "\n";
    if (!allowance.until.empty()) text += "until = " + allowance.until + "\n";
  }
  text += "\n# profiles in force:";
  for (const config::HostProfile& profile : policy.profiles) text += " " + profile.name;
  return text + "\n";
}

json json_report(const config::LoadedPolicy& loaded) {
  const config::Policy& policy = loaded.policy;
  json report = {{"version", 1},
                 {"command", "policy"},
                 {"settings", json::array()},
                 {"limits", json::array()},
                 {"allowances", json::array()},
                 {"profiles", json::array()},
                 {"warnings", policy.warnings}};
  for (const Setting& setting : effective_settings(loaded))
    report["settings"].push_back(
        {{"key", setting.key->name}, {"value", value_json(setting)}, {"origin", setting.origin}});
  for (size_t i = 0; i < policy.limits.size(); ++i)
    report["limits"].push_back({{"path", policy.limits[i].pattern},
                                {"threshold", policy.limits[i].threshold},
                                {"origin", loaded.limit_origins[i]}});
  for (size_t i = 0; i < policy.allowances.size(); ++i) {
    const config::Allowance& allowance = policy.allowances[i];
    json row = {{"reason", allowance.reason}, {"origin", loaded.allowance_origins[i]}};
    if (allowance.blob)
      row["blob"] = allowance.blob->hex();
    else
      row["path"] = allowance.pattern;
    if (!allowance.until.empty()) row["until"] = allowance.until;
    report["allowances"].push_back(std::move(row));
  }
  for (const config::HostProfile& profile : policy.profiles)
    report["profiles"].push_back({{"name", profile.name},
                                  {"warn", profile.warn},
                                  {"reject", profile.reject},
                                  {"lfs_object_max", profile.lfs_object_max},
                                  {"push_max", profile.push_max},
                                  {"directory_entries_max", profile.directory_entries_max}});
  return report;
}

Result<int> run(Context& context, const Arguments& arguments) {
  const config::LoadedPolicy loaded = TRY(context.policy());
  if (context.json())
    context.print(json_report(loaded).dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  else
    context.print(text_report(loaded, arguments.has("--show-origin")));
  return 0;
}

constexpr Option kOptions[] = {{"--show-origin", "", "say where each setting comes from"}};

}  // namespace

extern constinit const Command kPolicyCommand{
    .name = "policy",
    .summary = "each setting in force, its value and where it comes from",
    .options = kOptions,
    .details =
        "The text is TOML as it may stand in .lfsguard.toml.\n\n"
        "Precedence, highest first: flags, environment (LFSGUARD_KEY), git config (lfsguard.KEY), .lfsguard.toml, "
        "~/.config/lfsguard/config.toml, /etc/lfsguard/config.toml.",
    .formats = "text|json",
    .most = 0,
    .run = run,
};

}  // namespace lfsguard::cli
