// From a TOML document to a checked layer. Each complaint goes through settings_error, so that all look alike.
#include <span>

#include "base/byte_size.h"
#include "config/settings_layer.h"
#include "config/toml_document.h"

namespace lfsguard::config {
namespace {

using Type = TomlNode::Type;

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](size_t at, size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) value = c < '0' || c > '9' ? -100000 : value * 10 + (c - '0');
    return value;
  };
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1 || month < 1 || month > 12) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

class FileReader {
 public:
  FileReader(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  Result<SettingsLayer> read() {
    const TomlNode document = TRY(parse_toml(name_, text_));
    layer_.name = name_;
    layer_.text = text_;
    // The version first: what follows may mean something else in another one.
    if (const TomlNode* version = document.member("version")) TRY(add_setting(*key_named("version"), *version));
    for (const TomlMember& member : document.members) {
      if (member.key == "version") continue;
      if (member.key == "rules" || member.key == "rewrite" || member.key == "server") {
        TRY(expect(member.value, Type::table, "a table: [" + member.key + "]"));
        for (const TomlMember& inner : member.value.members) TRY(read_key(member.key + "." + inner.key, inner));
      } else if (member.key == "limit") {
        TRY(each_table(member, [&](const TomlNode& row) { return read_limit(row); }));
      } else if (member.key == "allow") {
        TRY(each_table(member, [&](const TomlNode& row) { return read_allowance(row); }));
      } else if (member.key == "profiles") {
        TRY(expect(member.value, Type::table, "tables: [profiles.NAME]"));
        for (const TomlMember& profile : member.value.members) {
          TRY(expect(profile.value, Type::table, "a table: [profiles." + profile.key + "]"));
          TRY(read_profile(profile.key, "", profile.value));
        }
      } else {
        TRY(read_key(member.key, member));
      }
    }
    return std::move(layer_);
  }

 private:
  tl::unexpected<Error> complain(TextPosition position, std::string_view complaint, std::string_view allowed) const {
    return fail(settings_error(name_, text_, position, complaint, allowed));
  }
  std::string origin(TextPosition position) const { return std::string(name_) + ":" + std::to_string(position.line); }

  Status expect(const TomlNode& node, Type type, std::string_view allowed) const {
    if (node.type == type) return {};
    return complain(node.position, "wrong type", allowed);
  }

  template <typename Read>
  Status each_table(const TomlMember& member, Read read_row) {
    const std::string allowed = "a list of tables: [[" + member.key + "]]";
    TRY(expect(member.value, Type::array, allowed));
    for (const TomlNode& row : member.value.items) {
      TRY(expect(row, Type::table, allowed));
      TRY(read_row(row));
    }
    return {};
  }

  void warn_unknown(const std::string& shown, TextPosition position) {
    layer_.warnings.push_back(origin(position) + ": unknown key " + shown);
  }

  Status read_key(const std::string& full_name, const TomlMember& member) {
    const Key* key = key_named(full_name);
    if (!key) {
      warn_unknown(full_name, member.position);
      return {};
    }
    return add_setting(*key, member.value);
  }

  Status add_setting(const Key& key, const TomlNode& node) {
    Setting setting{&key, {}, origin(node.position), std::string(name_), node.position};
    if (key.type == KeyType::patterns) {
      TRY(expect(node, Type::array, allowed_values(key)));
      for (const TomlNode& item : node.items) {
        TRY(expect(item, Type::string, allowed_values(key)));
        if (const auto complaint = complaint_about(key, item.text))
          return complain(item.position, *complaint, allowed_values(key));
        setting.values.push_back(item.text);
      }
    } else {
      const bool number_allowed = key.type == KeyType::size || key.type == KeyType::version;
      const bool text_allowed = key.type != KeyType::version;
      if (!(node.type == Type::integer && number_allowed) && !(node.type == Type::string && text_allowed))
        return complain(node.position, "wrong type", allowed_values(key));
      if (const auto complaint = complaint_about(key, node.text))
        return complain(node.position, *complaint, allowed_values(key));
      setting.values.push_back(node.text);
    }
    layer_.settings.push_back(std::move(setting));
    return {};
  }

  Result<uint64_t> size_of(const TomlNode& node) {
    const Key& key = *key_named("threshold");
    if (node.type != Type::integer && node.type != Type::string)
      return complain(node.position, "wrong type", allowed_values(key));
    if (const auto complaint = complaint_about(key, node.text))
      return complain(node.position, *complaint, allowed_values(key));
    return *parse_byte_size(node.text);
  }

  Result<std::string> text_of(const TomlNode& node, std::string_view allowed) {
    TRY(expect(node, Type::string, allowed));
    if (node.text.find_first_not_of(" \t\n") == std::string::npos)
      return complain(node.position, "it must not be empty", allowed);
    return node.text;
  }

  Status read_limit(const TomlNode& row) {
    PathLimit limit;
    bool has_threshold = false;
    for (const TomlMember& member : row.members) {
      if (member.key == "path") {
        limit.pattern = TRY(text_of(member.value, "a pattern as in .gitignore: \"*.csv\""));
      } else if (member.key == "threshold") {
        limit.threshold = TRY(size_of(member.value));
        has_threshold = true;
      } else {
        warn_unknown("limit." + member.key, member.position);
      }
    }
    if (limit.pattern.empty()) return complain(row.position, "this limit has no path", "path = \"*.csv\"");
    if (!has_threshold) return complain(row.position, "this limit has no threshold", "threshold = \"1MiB\"");
    layer_.limits.push_back(std::move(limit));
    layer_.limit_origins.push_back(origin(row.position));
    return {};
  }

  Status read_allowance(const TomlNode& row) {
    Allowance allowance;
    for (const TomlMember& member : row.members) {
      const TomlNode& value = member.value;
      if (member.key == "path") {
        allowance.pattern = TRY(text_of(value, "a pattern as in .gitignore: \"docs/manual.pdf\""));
      } else if (member.key == "blob") {
        TRY(expect(value, Type::string, "an object id, 40 hex digits"));
        allowance.blob = ObjectId::from_hex(value.text);
        if (!allowance.blob) return complain(value.position, "this is no object id", "an object id, 40 hex digits");
      } else if (member.key == "reason") {
        allowance.reason = TRY(text_of(value, "why it is allowed, for those who read the report"));
      } else if (member.key == "until") {
        if ((value.type != Type::date && value.type != Type::string) || !is_date(value.text))
          return complain(value.position, "this is no date",
                          "a date like 2027-01-31, the last day on which it holds (UTC)");
        allowance.until = value.text;
      } else {
        warn_unknown("allow." + member.key, member.position);
      }
    }
    if (allowance.pattern.empty() == !allowance.blob)
      return complain(
          row.position,
          allowance.blob ? "this allowance names both path and blob" : "this allowance names neither path nor blob",
          "path = \"docs/manual.pdf\", or blob = \"<object id>\"");
    if (allowance.reason.empty())
      return complain(row.position, "this allowance has no reason", "reason = \"why it is allowed\"");
    layer_.allowances.push_back(std::move(allowance));
    layer_.allowance_origins.push_back(origin(row.position));
    return {};
  }

  // `prefix` is "" or "plans.team.".
  Status read_profile(const std::string& profile, const std::string& prefix, const TomlNode& table) {
    for (const TomlMember& member : table.members) {
      const std::string key = prefix + member.key;
      if (member.value.type == Type::table) {
        TRY(read_profile(profile, key + ".", member.value));
        continue;
      }
      std::vector<std::string> values;
      const TomlNode* const one = &member.value;
      const bool list = one->type == Type::array;
      for (const TomlNode& item : list ? std::span(one->items) : std::span(one, 1)) {
        if (item.type != Type::string && !(item.type == Type::integer && !list))
          return complain(item.position, "wrong type", "a string, a size or a list of strings");
        values.push_back(item.text);
      }
      HostProfile scratch;
      const std::string complaint = set_profile_key(scratch, key, values);
      if (complaint == "unknown key") {
        warn_unknown("profiles." + profile + "." + key, member.position);
        continue;
      }
      if (!complaint.empty()) return complain(one->position, complaint, profile_keys());
      layer_.profiles.push_back({profile, key, std::move(values), origin(one->position)});
    }
    return {};
  }

  std::string_view name_, text_;
  SettingsLayer layer_;
};

}  // namespace

Result<SettingsLayer> settings_of_file(std::string_view name, std::string_view text) {
  return FileReader(name, text).read();
}

}  // namespace lfsguard::config
