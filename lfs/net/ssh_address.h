// Remotes reached by SSH: their addresses, and the program that connects to them.
//
// Addresses: ssh://[user@]host[:port]/path, git+ssh, ssh+git, and scp-like [user@]host:path (git-clone(1), "GIT URLS").
// The program: GIT_SSH_COMMAND, core.sshCommand, GIT_SSH, ssh, in that order (git-config(1), core.sshCommand and
// ssh.variant).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/subprocess.h"
#include "lfs/net/client_config.h"

namespace lfsguard::lfs {

struct SshAddress {
  std::string user_and_host;  // "git@example.com"; IPv6 without brackets
  std::string host;
  std::string port;  // empty: not written
  std::string path;  // as the server is to see it: "/srv/r.git", "org/r.git", "~/r.git"
};

// nullopt when the URL is not one of SSH. A host or path that begins with a dash is none either: it would be read as a
// flag.
std::optional<SshAddress> parse_ssh_address(std::string_view url);

// `ssh [-p PORT] HOST REMOTE_COMMAND` by the user's own SSH program. `words`: each is quoted for the remote shell.
Command ssh_command(const ClientConfig& config, const SshAddress& address, const std::vector<std::string>& words);

}  // namespace lfsguard::lfs
