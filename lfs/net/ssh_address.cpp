#include "lfs/net/ssh_address.h"

#include <cstdlib>

#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// For a POSIX shell: plain words as they are, so that restricted shells on servers see what git-lfs would send them.
std::string quoted(const std::string& word) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./~-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string_view base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string variant_of(const ClientConfig& config, std::string_view program) {
  std::string variant = environment("GIT_SSH_VARIANT");
  if (variant.empty()) variant = config.get("ssh.variant").value_or("auto");
  if (variant != "auto") return variant;
  std::string name(base_name(program.substr(0, program.find(' '))));
  if (name.ends_with(".exe")) name.resize(name.size() - 4);
  if (name == "plink" || name == "putty" || name == "tortoiseplink") return name;
  return "ssh";
}

}  // namespace

std::optional<SshAddress> parse_ssh_address(std::string_view text) {
  SshAddress address;
  if (const std::optional<Url> url = Url::parse(text)) {
    if (url->scheme != "ssh" && url->scheme != "git+ssh" && url->scheme != "ssh+git") return std::nullopt;
    address.host = url->host;
    if (address.host.starts_with('[') && address.host.ends_with(']'))
      address.host = address.host.substr(1, address.host.size() - 2);
    address.port = url->port;
    address.path = percent_decode(url->path);
    if (address.path.starts_with("/~")) address.path.erase(0, 1);
    address.user_and_host = url->has_user ? url->user + "@" + address.host : address.host;
  } else {
    // scp-like: a colon before any slash. "[host:port]:path" is an old spelling of a port.
    const size_t close = text.find(']');
    const bool bracketed = text.find('[') < close && close != std::string_view::npos;
    const size_t colon = text.find(':', bracketed ? close : 0);
    const size_t slash = text.find('/');
    if (colon == std::string_view::npos || colon == 0 || (!bracketed && slash < colon)) return std::nullopt;
    std::string host(text.substr(0, colon));
    address.path = text.substr(colon + 1);
    if (bracketed) {
      const size_t open = host.find('[');
      std::string inside = host.substr(open + 1, host.find(']') - open - 1);
      const size_t port = inside.find(':');
      if (port != std::string::npos && port == inside.rfind(':')) {
        address.port = inside.substr(port + 1);
        inside.resize(port);
      }
      host = host.substr(0, open) + inside;
    }
    address.user_and_host = host;
    const size_t at = host.rfind('@');
    address.host = at == std::string::npos ? host : host.substr(at + 1);
  }
  if (address.host.empty() || address.user_and_host.starts_with('-') || address.host.starts_with('-') ||
      address.path.starts_with('-') || address.port.starts_with('-'))
    return std::nullopt;
  return address;
}

Command ssh_command(const ClientConfig& config, const SshAddress& address, const std::vector<std::string>& words) {
  std::string line = environment("GIT_SSH_COMMAND");
  if (line.empty()) line = config.get("core.sshcommand").value_or("");
  const bool by_shell = !line.empty();
  if (!by_shell) line = environment("GIT_SSH");
  if (line.empty()) line = "ssh";

  std::vector<std::string> arguments;
  const std::string variant = variant_of(config, line);
  if (variant == "tortoiseplink") arguments.emplace_back("-batch");
  if (!address.port.empty() && variant != "simple") {
    arguments.emplace_back(variant == "ssh" ? "-p" : "-P");
    arguments.push_back(address.port);
  }
  arguments.push_back(address.user_and_host);
  std::string remote;
  for (const std::string& word : words) remote += (remote.empty() ? "" : " ") + quoted(word);
  arguments.push_back(remote);

  Command command;
  if (by_shell) {
    command.arguments = {"sh", "-c", line + " \"$@\"", line};
  } else {
    command.arguments = {line};
  }
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace lfsguard::lfs
