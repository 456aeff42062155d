#include "lfs/net/endpoint.h"

#include <algorithm>
#include <vector>

#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

std::string without_trailing_slash(std::string text) {
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// "<git url>/info/lfs", ".git" put in where it is missing.
std::string with_suffix(std::string git_url) {
  git_url = without_trailing_slash(std::move(git_url));
  if (!git_url.ends_with(".git")) git_url += ".git";
  return git_url + "/info/lfs";
}

Endpoint from_ssh(SshAddress address) {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::ssh;
  std::string path = address.path;
  while (path.starts_with('/')) path.erase(0, 1);
  const bool v6 = address.host.find(':') != std::string::npos;
  endpoint.url = with_suffix("https://" + (v6 ? "[" + address.host + "]" : address.host) + "/" + path);
  endpoint.ssh = std::move(address);
  return endpoint;
}

// A URL that names the LFS API itself (lfs.url and its kin).
Endpoint from_lfs_url(const std::string& url) {
  if (std::optional<SshAddress> address =
          Url::parse(url) || !url.starts_with('/') ? parse_ssh_address(url) : std::nullopt) {
    // It names the API already: no suffix for the address over HTTPS.
    Endpoint endpoint = from_ssh(std::move(*address));
    std::string path = endpoint.ssh->path;
    while (path.starts_with('/')) path.erase(0, 1);
    endpoint.url = without_trailing_slash(endpoint.url.substr(0, endpoint.url.find('/', 8)) + "/" + path);
    return endpoint;
  }
  Endpoint endpoint;
  const std::optional<Url> parsed = Url::parse(url);
  if (parsed && parsed->is_http()) {
    endpoint.url = without_trailing_slash(url);
    return endpoint;
  }
  endpoint.kind = Endpoint::Kind::local;
  endpoint.url = url;
  endpoint.path = parsed ? percent_decode(parsed->path) : url;
  return endpoint;
}

// A URL that names a git repository.
Result<Endpoint> from_git_url(const ClientConfig& config, const std::string& url) {
  const std::optional<Url> parsed = Url::parse(url);
  Endpoint endpoint;
  if (!parsed || parsed->scheme == "file") {
    if (!parsed)
      if (std::optional<SshAddress> address = parse_ssh_address(url)) return from_ssh(std::move(*address));
    endpoint.kind = Endpoint::Kind::local;
    endpoint.path = parsed ? percent_decode(parsed->path) : url;
    endpoint.url = url;
    return endpoint;
  }
  if (std::optional<SshAddress> address = parse_ssh_address(url)) return from_ssh(std::move(*address));
  if (parsed->scheme == "git") {
    const std::string scheme = config.get("lfs.gitprotocol").value_or("https");
    endpoint.url = with_suffix(scheme + url.substr(3));
    return endpoint;
  }
  if (!parsed->is_http())
    return fail(ErrorKind::unsupported, "LFS cannot use this kind of remote", redact_url(url),
                "set lfs.url to the address of an LFS server");
  endpoint.url = with_suffix(url);
  return endpoint;
}

bool is_remote(const ClientConfig& config, const std::string& name) {
  return config.get("remote." + name + ".url") || config.get("remote." + name + ".pushurl") ||
         config.get("remote." + name + ".lfsurl") || config.get("remote." + name + ".lfspushurl");
}

std::optional<std::string> lfs_url(const ClientConfig& config, const std::string& remote, Operation operation) {
  std::vector<std::string> names;
  if (operation == Operation::upload) names.emplace_back("lfs.pushurl");
  names.emplace_back("lfs.url");
  if (operation == Operation::upload) names.push_back("remote." + remote + ".lfspushurl");
  names.push_back("remote." + remote + ".lfsurl");
  for (const std::string& name : names)
    if (const std::optional<std::string> value = config.get(name); value && !value->empty()) return value;
  return std::nullopt;
}

std::optional<std::string> git_url(const ClientConfig& config, const std::string& remote, Operation operation) {
  const auto value = [&](const char* key) { return config.get("remote." + remote + "." + key); };
  if (operation == Operation::upload) {
    // pushInsteadOf rewrites url only where there is no pushurl, as in git.
    if (const std::optional<std::string> url = value("pushurl"))
      return apply_instead_of(config, *url, Operation::download);
  }
  if (const std::optional<std::string> url = value("url")) return apply_instead_of(config, *url, operation);
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Operation operation) { return operation == Operation::upload ? "upload" : "download"; }

std::string apply_instead_of(const ClientConfig& config, std::string_view url, Operation operation) {
  const auto rewrite = [&](std::string_view key) -> std::optional<std::string> {
    size_t longest = 0;
    std::optional<std::string> result;
    for (const auto& [base, prefix] : config.each("url", key)) {
      if (prefix.empty() || prefix.size() <= longest || !url.starts_with(prefix)) continue;
      longest = prefix.size();
      result = base + std::string(url.substr(prefix.size()));
    }
    return result;
  };
  if (operation == Operation::upload)
    if (std::optional<std::string> pushed = rewrite("pushinsteadof")) return *pushed;
  return rewrite("insteadof").value_or(std::string(url));
}

std::string remote_of_url(const ClientConfig& config, std::string_view url) {
  const std::string wanted = without_trailing_slash(std::string(url));
  const auto same = [&](const std::string& candidate, Operation operation) {
    return without_trailing_slash(candidate) == wanted ||
           without_trailing_slash(apply_instead_of(config, candidate, operation)) == wanted;
  };
  for (const char* key : {"url", "pushurl"})
    for (const auto& [name, value] : config.each("remote", key))
      if (same(value, Operation::download) || same(value, Operation::upload)) return name;
  return std::string(url);
}

std::string default_remote(const ClientConfig& config, std::string_view current_branch) {
  if (!current_branch.empty())
    if (const auto remote = config.get("branch." + std::string(current_branch) + ".remote")) return *remote;
  if (const auto remote = config.get("remote.lfsdefault")) return *remote;
  std::vector<std::string> names;
  for (const auto& [name, url] : config.each("remote", "url"))
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names.size() == 1 ? names.front() : "origin";
}

Result<Endpoint> resolve_endpoint(const ClientConfig& config, std::string_view remote, Operation operation) {
  std::string name = remote.empty() ? default_remote(config, "") : std::string(remote);
  if (!is_remote(config, name)) name = remote_of_url(config, name);
  const bool named = is_remote(config, name);
  std::optional<std::string> git = named ? git_url(config, name, operation) : std::nullopt;
  if (!git && !named && (name.find('/') != std::string::npos || name.find(':') != std::string::npos))
    git = apply_instead_of(config, name, operation);

  Result<Endpoint> endpoint = fail(ErrorKind::config, "no LFS endpoint is known for remote", name,
                                   "add it with: git remote add " + name + " URL, or set lfs.url");
  if (const std::optional<std::string> url = lfs_url(config, name, operation))
    endpoint = from_lfs_url(apply_instead_of(config, *url, operation));
  else if (git)
    endpoint = from_git_url(config, *git);
  else if (name != "origin" && is_remote(config, "origin"))
    return resolve_endpoint(config, "origin", operation);
  if (!endpoint) return endpoint;
  endpoint->git_url = git.value_or("");
  endpoint->remote = name;
  return endpoint;
}

}  // namespace lfsguard::lfs
