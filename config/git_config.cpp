#include "config/git_config.h"

#include <algorithm>
#include <charconv>

#include "config/url_pattern.h"
#include "git/process/git_command.h"

namespace lfsguard::config {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// Section and variable folded, the subsection between them left alone.
std::string canonical_key(std::string_view key) {
  const size_t first = key.find('.'), last = key.rfind('.');
  if (first == std::string_view::npos) return lower(key);
  return lower(key.substr(0, first)) + std::string(key.substr(first, last - first)) + lower(key.substr(last));
}

tl::unexpected<Error> bad_value(const GitConfig::Entry& entry, const char* what, const char* allowed) {
  return fail(ErrorKind::config, std::string("git's configuration has a value that is no ") + what,
              entry.key + " = " + entry.value + " (" + entry.scope + ")", allowed);
}

constexpr const char* kBoolHint = "allowed: true, false, yes, no, on, off or a number";

}  // namespace

std::optional<int64_t> parse_git_int(std::string_view text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc()) return std::nullopt;
  const std::string unit = lower(text.substr(static_cast<size_t>(end - text.data())));
  int64_t factor = 1;
  if (unit == "k")
    factor = int64_t{1} << 10;
  else if (unit == "m")
    factor = int64_t{1} << 20;
  else if (unit == "g")
    factor = int64_t{1} << 30;
  else if (!unit.empty())
    return std::nullopt;
  int64_t product = 0;
  if (__builtin_mul_overflow(number, factor, &product)) return std::nullopt;
  return product;
}

std::optional<bool> parse_git_bool(std::string_view text) {
  const std::string value = lower(text);
  if (value == "true" || value == "yes" || value == "on") return true;
  if (value.empty() || value == "false" || value == "no" || value == "off") return false;
  if (const auto number = parse_git_int(value)) return *number != 0;
  return std::nullopt;
}

Result<GitConfig> GitConfig::read(const std::string& directory) {
  const std::string listing =
      TRY(git::git_output(git::git_command({"config", "-z", "--list", "--show-scope"}, directory)));
  return parse(listing);
}

GitConfig GitConfig::parse(std::string_view listing) {
  GitConfig config;
  const auto items = git::split_nul(listing);
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    Entry entry;
    entry.scope = items[i];
    const size_t line_end = items[i + 1].find('\n');
    entry.key = items[i + 1].substr(0, line_end);
    entry.has_value = line_end != std::string_view::npos;
    if (entry.has_value) entry.value = items[i + 1].substr(line_end + 1);
    config.by_key_[entry.key].push_back(config.entries_.size());
    config.entries_.push_back(std::move(entry));
  }
  return config;
}

const GitConfig::Entry* GitConfig::find(std::string_view key) const {
  const auto found = by_key_.find(canonical_key(key));
  return found == by_key_.end() ? nullptr : &entries_[found->second.back()];
}

std::optional<std::string> GitConfig::get(std::string_view key) const {
  const Entry* entry = find(key);
  return entry ? std::optional(entry->value) : std::nullopt;
}

std::vector<std::string> GitConfig::get_all(std::string_view key) const {
  std::vector<std::string> values;
  const auto found = by_key_.find(canonical_key(key));
  if (found != by_key_.end())
    for (const size_t i : found->second) values.push_back(entries_[i].value);
  return values;
}

Result<std::optional<bool>> GitConfig::get_bool(std::string_view key) const {
  const Entry* entry = find(key);
  if (!entry) return std::optional<bool>();
  if (!entry->has_value) return std::optional<bool>(true);
  const auto value = parse_git_bool(entry->value);
  if (!value) return bad_value(*entry, "boolean", kBoolHint);
  return value;
}

Result<std::optional<int64_t>> GitConfig::get_int(std::string_view key) const {
  const Entry* entry = find(key);
  if (!entry) return std::optional<int64_t>();
  const auto value = entry->has_value ? parse_git_int(entry->value) : std::nullopt;
  if (!value) return bad_value(*entry, "whole number", "allowed: a number, with k, m or g behind it if need be");
  return value;
}

std::optional<std::string> GitConfig::get_urlmatch(std::string_view section, std::string_view variable,
                                                   std::string_view url) const {
  const std::string prefix = lower(section) + ".", suffix = "." + lower(variable);
  const auto target = NormalUrl::parse(url, false);
  const Entry* best = nullptr;
  UrlMatch best_match;
  for (const Entry& entry : entries_) {
    if (!entry.key.starts_with(prefix) || !entry.key.ends_with(suffix)) continue;
    UrlMatch match;
    if (entry.key.size() > prefix.size() + suffix.size() - 1) {
      const auto pattern = NormalUrl::parse(
          std::string_view(entry.key).substr(prefix.size(), entry.key.size() - prefix.size() - suffix.size()), true);
      if (!target || !pattern) continue;
      const auto found = match_url(*pattern, *target);
      if (!found) continue;
      match = *found;
    }
    if (best && match < best_match) continue;
    best = &entry;
    best_match = match;
  }
  return best ? std::optional(best->has_value ? best->value : std::string("true")) : std::nullopt;
}

Result<std::optional<bool>> GitConfig::get_bool_urlmatch(std::string_view section, std::string_view variable,
                                                         std::string_view url) const {
  const auto text = get_urlmatch(section, variable, url);
  if (!text) return std::optional<bool>();
  const auto value = parse_git_bool(*text);
  if (!value)
    return bad_value({"for " + std::string(url), std::string(section) + ".<url>." + std::string(variable), *text},
                     "boolean", kBoolHint);
  return value;
}

std::vector<std::string> GitConfig::remotes() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    const std::string_view key = entry.key;
    if (!key.starts_with("remote.") || !(key.ends_with(".url") || key.ends_with(".pushurl"))) continue;
    const size_t last = key.rfind('.');
    if (last <= 7) continue;
    std::string name(key.substr(7, last - 7));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> GitConfig::push_urls(std::string_view remote) const {
  const std::string prefix = "remote." + std::string(remote);
  std::vector<std::string> urls = get_all(prefix + ".pushurl");
  // pushInsteadOf is for remotes that have no pushurl of their own (git-config(1)).
  const bool own = !urls.empty();
  if (!own) urls = get_all(prefix + ".url");
  if (urls.empty()) urls.emplace_back(remote);
  for (std::string& url : urls) url = rewritten_url(url, !own);
  return urls;
}

std::vector<std::string> GitConfig::fetch_urls(std::string_view remote) const {
  std::vector<std::string> urls = get_all("remote." + std::string(remote) + ".url");
  if (urls.empty()) urls.emplace_back(remote);
  for (std::string& url : urls) url = rewritten_url(url, false);
  return urls;
}

std::string GitConfig::rewritten_url(std::string_view url, bool push) const {
  const auto longest = [&](std::string_view suffix) {
    const Entry* best = nullptr;
    for (const Entry& entry : entries_)
      if (entry.key.starts_with("url.") && entry.key.ends_with(suffix) && entry.key.size() > 4 + suffix.size() &&
          !entry.value.empty() && url.starts_with(entry.value) && (!best || entry.value.size() > best->value.size()))
        best = &entry;
    return best;
  };
  const auto apply = [&](const Entry& entry, std::string_view suffix) {
    return entry.key.substr(4, entry.key.size() - 4 - suffix.size()) + std::string(url.substr(entry.value.size()));
  };
  if (push)
    if (const Entry* entry = longest(".pushinsteadof")) return apply(*entry, ".pushinsteadof");
  if (const Entry* entry = longest(".insteadof")) return apply(*entry, ".insteadof");
  return std::string(url);
}

}  // namespace lfsguard::config
