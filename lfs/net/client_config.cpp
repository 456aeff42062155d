#include "lfs/net/client_config.h"

#include <algorithm>
#include <charconv>

#include "base/file_descriptor.h"
#include "base/subprocess.h"
#include "git/process/git_command.h"

namespace lfsguard::lfs {
namespace {

constexpr std::string_view kSafeKeys[] = {
    "lfs.url",         "lfs.pushurl",     "lfs.fetchinclude",        "lfs.fetchexclude",
    "lfs.gitprotocol", "lfs.locksverify", "lfs.allowincompletepush", "lfs.skipdownloaderrors"};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_safe(std::string_view name) {
  if (std::ranges::find(kSafeKeys, name) != std::end(kSafeKeys)) return true;
  return (name.starts_with("lfs.") && name.ends_with(".access")) ||
         (name.starts_with("remote.") && name.ends_with(".lfsurl"));
}

std::optional<bool> parse_bool(std::string_view value) {
  const std::string text = lower(value);
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0" || text.empty()) return false;
  return std::nullopt;
}

// `git config -z --list`: name, newline, value, NUL; no newline for a name alone, which is a true boolean.
template <typename Add>
void read_list(std::string_view text, Add add) {
  for (const std::string_view item : git::split_nul(text)) {
    const size_t newline = item.find('\n');
    if (newline == std::string_view::npos)
      add(item, "true");
    else
      add(item.substr(0, newline), item.substr(newline + 1));
  }
}

// The text of `git config --list` on .lfsconfig, wherever it lies; empty when it lies nowhere.
Result<std::string> lfsconfig_list(const git::RepositoryLayout& layout) {
  if (!layout.work_tree.empty()) {
    const std::string path = layout.work_tree + "/.lfsconfig";
    if (const Result<FileDescriptor> file = open_file(path, 0)) {
      return git::git_output(git::git_command({"config", "-z", "--list", "-f", path}, layout.work_tree));
    }
  }
  // One question for both places; "<id> blob <size>" for one that is there.
  Command places = git::git_command({"--git-dir=" + layout.git_dir, "cat-file", "--batch-check"}, layout.work_tree);
  places.input = (layout.work_tree.empty() ? "" : ":.lfsconfig\n") + std::string("HEAD:.lfsconfig\n");
  const std::string answers = TRY(git::git_output(places));
  for (const std::string_view line : git::split_lines(answers)) {
    const size_t kind = line.find(" blob ");
    if (kind == std::string_view::npos) continue;
    return git::git_output(git::git_command(
        {"--git-dir=" + layout.git_dir, "config", "-z", "--list", "--blob=" + std::string(line.substr(0, kind))}));
  }
  return std::string();
}

}  // namespace

std::string ClientConfig::folded(std::string_view name) {
  const size_t first = name.find('.');
  const size_t last = name.rfind('.');
  if (first == std::string_view::npos || first == last) return lower(name);
  return lower(name.substr(0, first)) + std::string(name.substr(first, last - first)) + lower(name.substr(last));
}

void ClientConfig::add_lfsconfig(std::string_view name, std::string_view value) {
  std::string key = folded(name);
  if (is_safe(lower(name)))
    lfsconfig_.push_back({std::move(key), std::string(value)});
  else
    warnings_.push_back("ignored in .lfsconfig, which may not set it: " + key);
}

Result<ClientConfig> ClientConfig::load(const git::RepositoryLayout& layout) {
  ClientConfig config;
  const std::string text = TRY(
      git::git_output(git::git_command({"--git-dir=" + layout.git_dir, "config", "-z", "--list"}, layout.work_tree)));
  read_list(text, [&](std::string_view name, std::string_view value) { config.add_git(name, value); });
  const std::string own = TRY(lfsconfig_list(layout));
  read_list(own, [&](std::string_view name, std::string_view value) { config.add_lfsconfig(name, value); });
  config.entries_.insert(config.entries_.begin(), config.lfsconfig_.begin(), config.lfsconfig_.end());
  return config;
}

ClientConfig ClientConfig::from(const std::vector<std::pair<std::string, std::string>>& values,
                                const std::vector<std::pair<std::string, std::string>>& lfsconfig) {
  ClientConfig config;
  for (const auto& [name, value] : values) config.add_git(name, value);
  for (const auto& [name, value] : lfsconfig) config.add_lfsconfig(name, value);
  config.entries_.insert(config.entries_.begin(), config.lfsconfig_.begin(), config.lfsconfig_.end());
  return config;
}

std::optional<std::string> ClientConfig::get(std::string_view name) const {
  const std::string key = folded(name);
  const auto found =
      std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) { return entry.name == key; });
  if (found == entries_.rend()) return std::nullopt;
  return found->value;
}

std::vector<std::string> ClientConfig::get_all(std::string_view name) const {
  const std::string key = folded(name);
  std::vector<std::string> values;
  for (const Entry& entry : entries_)
    if (entry.name == key) values.push_back(entry.value);
  return values;
}

bool ClientConfig::flag(std::string_view name, bool otherwise) const {
  const std::optional<std::string> value = get(name);
  return value ? parse_bool(*value).value_or(otherwise) : otherwise;
}

int64_t ClientConfig::number(std::string_view name, int64_t otherwise) const {
  const std::optional<std::string> value = get(name);
  if (!value || value->empty()) return otherwise;
  int64_t result = 0;
  const auto [end, code] = std::from_chars(value->data(), value->data() + value->size(), result);
  if (code != std::errc()) return otherwise;
  const std::string unit = lower(std::string_view(end, value->data() + value->size() - end));
  if (unit.empty()) return result;
  if (unit == "k") return result << 10;
  if (unit == "m") return result << 20;
  if (unit == "g") return result << 30;
  return otherwise;
}

std::vector<std::pair<std::string, std::string>> ClientConfig::each(std::string_view section,
                                                                    std::string_view key) const {
  const std::string prefix = lower(section) + ".";
  const std::string suffix = "." + lower(key);
  std::vector<std::pair<std::string, std::string>> found;
  for (const Entry& entry : entries_) {
    if (!entry.name.starts_with(prefix) || !entry.name.ends_with(suffix)) continue;
    if (entry.name.size() <= prefix.size() + suffix.size()) continue;
    found.emplace_back(entry.name.substr(prefix.size(), entry.name.size() - prefix.size() - suffix.size()),
                       entry.value);
  }
  return found;
}

std::optional<std::string> ClientConfig::for_url(std::string_view section, std::string_view key, const Url& url) const {
  unsigned best = 0;
  std::optional<std::string> value = get(std::string(section) + "." + std::string(key));
  for (auto& [pattern, candidate] : each(section, key)) {
    const unsigned score = url_match_score(pattern, url);
    if (score == 0 || score < best) continue;
    best = score;
    value = candidate;
  }
  return value;
}

std::vector<std::string> ClientConfig::all_for_url(std::string_view section, std::string_view key,
                                                   const Url& url) const {
  // Like git's own reading of http.extraHeader with `--get-urlmatch`: values of one pattern add up, a better pattern
  // takes their place.
  unsigned best = 0;
  std::vector<std::string> values = get_all(std::string(section) + "." + std::string(key));
  for (auto& [pattern, candidate] : each(section, key)) {
    const unsigned score = url_match_score(pattern, url);
    if (score == 0 || score < best) continue;
    if (score > best) values.clear();
    best = score;
    values.push_back(candidate);
  }
  const auto last_empty = std::find(values.rbegin(), values.rend(), std::string());
  values.erase(values.begin(), last_empty.base());
  return values;
}

std::vector<std::string> ClientConfig::subsections(std::string_view section) const {
  const std::string prefix = lower(section) + ".";
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    const size_t last = entry.name.rfind('.');
    if (!entry.name.starts_with(prefix) || last < prefix.size()) continue;
    const std::string name = entry.name.substr(prefix.size(), last - prefix.size());
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace lfsguard::lfs
