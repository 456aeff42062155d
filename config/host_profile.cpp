#include "config/host_profile.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/byte_size.h"
#include "config/profile_texts.h"

namespace lfsguard::config {
namespace {

uint64_t* limit_named(HostProfile& profile, std::string_view name) {
  if (name == "warn") return &profile.warn;
  if (name == "reject") return &profile.reject;
  if (name == "lfs-object-max") return &profile.lfs_object_max;
  if (name == "push-max") return &profile.push_max;
  if (name == "directory-entries-max") return &profile.directory_entries_max;
  return nullptr;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// Reads `key = value` lines of a profile that ships with the program (its syntax is checked by a test, so nothing is
// reported here).
class ProfileReader {
 public:
  explicit ProfileReader(std::string_view text) : rest_(text) {}

  HostProfile read(std::string_view name) {
    HostProfile profile;
    profile.name = name;
    while (skip_blank(), !rest_.empty()) {
      std::string_view key = take_until("=");
      while (key.ends_with(' ')) key.remove_suffix(1);
      set_profile_key(profile, key, value());
    }
    return profile;
  }

 private:
  // Blanks, line ends, commas and comments.
  void skip_blank() {
    while (!rest_.empty()) {
      if (rest_[0] == '#')
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      else if (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == ',')
        rest_.remove_prefix(1);
      else
        return;
    }
  }
  // What stands before the first of `ends`, which is dropped.
  std::string_view take_until(const char* ends) {
    const size_t end = std::min(rest_.find_first_of(ends), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return taken;
  }
  std::vector<std::string> value() {
    skip_blank();
    if (!rest_.starts_with('[')) return {scalar()};
    rest_.remove_prefix(1);
    std::vector<std::string> items;
    while (skip_blank(), !rest_.empty() && rest_[0] != ']') items.push_back(scalar());
    take_until("\n");
    return items;
  }
  std::string scalar() {
    if (rest_.starts_with('"')) {
      rest_.remove_prefix(1);
      return std::string(take_until("\""));
    }
    return std::string(take_until("\n"));
  }

  std::string_view rest_;
};

}  // namespace

std::string profile_keys() {
  return "hosts, warn, reject, lfs-object-max, push-max, directory-entries-max, binary, patterns, dataset-patterns, "
         "plans";
}

std::string set_profile_key(HostProfile& profile, std::string_view key, const std::vector<std::string>& texts) {
  if (key == "hosts") {
    profile.hosts.clear();
    for (const std::string& host : texts) profile.hosts.push_back(lower(host));
    return {};
  }
  if (key == "patterns") return profile.patterns = texts, std::string();
  if (key == "dataset-patterns") return profile.dataset_patterns = texts, std::string();
  if (texts.size() != 1) return "one value is wanted";
  if (key == "binary") {
    if (texts[0] == "error") return profile.binary = Severity::error, std::string();
    if (texts[0] == "warn") return profile.binary = Severity::warning, std::string();
    if (texts[0] == "off") return profile.binary = Severity::off, std::string();
    return "not one of error, warn, off";
  }
  uint64_t* limit = limit_named(profile, key);
  PlanLimit plan;
  if (key.starts_with("plans.")) {
    const std::string_view rest = key.substr(6);
    const size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return "unknown key";
    plan.plan = rest.substr(0, dot);
    plan.limit = rest.substr(dot + 1);
    if (limit_named(profile, plan.limit)) limit = &plan.bytes;
  }
  if (!limit) return "unknown key";
  const auto bytes = parse_byte_size(texts[0]);
  if (!bytes) return "\"" + texts[0] + "\" is not a size";
  *limit = *bytes;
  if (limit == &plan.bytes) {
    std::erase_if(profile.plans,
                  [&](const PlanLimit& old) { return old.plan == plan.plan && old.limit == plan.limit; });
    profile.plans.push_back(std::move(plan));
  }
  return {};
}

const std::vector<HostProfile>& all_profiles() {
  static const std::vector<HostProfile> profiles = [] {
    std::vector<HostProfile> read;
    for (const ProfileText& file : profile_texts()) read.push_back(ProfileReader(file.text).read(file.name));
    return read;
  }();
  return profiles;
}

const HostProfile* profile_named(std::string_view name) {
  for (const HostProfile& profile : all_profiles())
    if (profile.name == name) return &profile;
  return nullptr;
}

std::string host_of_url(std::string_view url) {
  std::string_view authority;
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    if (lower(url.substr(0, scheme)) == "file") return {};
    authority = url.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
  } else {
    // [user@]host:path, as git decides it: the first colon stands before the first slash.
    const size_t bracket = url.find('[') == 0 || url.find("@[") != std::string_view::npos ? url.find(']') : 0;
    if (bracket == std::string_view::npos) return {};
    const size_t colon = url.find(':', bracket);
    const size_t slash = url.find('/', bracket);
    if (colon == std::string_view::npos || slash < colon) return {};
    authority = url.substr(0, colon);
  }
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  std::string host = lower(authority);
  // "host." is the host; a port stays.
  const size_t colon = host.starts_with('[') ? host.find("]:") : host.find(':');
  const size_t end = colon == std::string::npos ? host.size() : colon + (host.starts_with('[') ? 1 : 0);
  if (end > 0 && host[end - 1] == '.') host.erase(end - 1, 1);
  return host;
}

const HostProfile& profile_for_url(std::string_view url, const std::vector<HostProfile>& profiles,
                                   std::string_view endpoint) {
  const std::string with_port = host_of_url(url);
  const auto without_port = [](const std::string& host) {
    const size_t colon = host.rfind(':');
    return colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
  };
  const std::string host = without_port(with_port);
  const HostProfile* generic = nullptr;
  const HostProfile* hub = nullptr;
  for (const HostProfile& profile : profiles) {
    if (profile.name == "generic") generic = &profile;
    if (profile.name == "huggingface") hub = &profile;
    for (const std::string& candidate : profile.hosts)
      if (!host.empty() && (candidate == host || candidate == with_port)) return profile;
  }
  // An endpoint without a port means that host on any port; with one, that port only (several services on 127.0.0.1).
  const std::string mirror = endpoint.find("://") == std::string_view::npos && !endpoint.empty()
                                 ? host_of_url("https://" + std::string(endpoint))
                                 : host_of_url(endpoint);
  if (hub && !mirror.empty() && (mirror == with_port || mirror == host)) return *hub;
  return generic ? *generic : *profile_named("generic");
}

const HostProfile& profile_for_url(std::string_view url) {
  const char* endpoint = std::getenv("HF_ENDPOINT");
  return profile_for_url(url, all_profiles(), endpoint ? endpoint : "");
}

void apply_plan(HostProfile& profile, std::string_view plan) {
  for (const PlanLimit& change : profile.plans)
    if (change.plan == plan)
      if (uint64_t* limit = limit_named(profile, change.limit)) *limit = change.bytes;
}

}  // namespace lfsguard::config
