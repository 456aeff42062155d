// `ssh HOST git-lfs-authenticate PATH upload|download`: the server says over SSH which HTTPS address to use, and with
// which headers. Source: the public Git LFS document "Server Discovery"; docs/lfs.md, "Endpoint".
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "lfs/net/client_config.h"
#include "lfs/net/endpoint.h"
#include "lfs/net/http.h"

namespace lfsguard::lfs {

struct SshAnswer {
  std::string href;  // empty: the server leaves the usual address
  HeaderList headers;
  std::optional<std::chrono::system_clock::time_point> expires;
};

// One SSH connection. kind auth or network when ssh fails, not_found when the server has no such program, corrupt for
// an answer that is no JSON.
Result<SshAnswer> ssh_authenticate(const ClientConfig& config, const SshAddress& address, Operation operation);

// The answer's text. `now`: what expires_in counts from.
Result<SshAnswer> parse_ssh_answer(std::string_view text, std::chrono::system_clock::time_point now);

}  // namespace lfsguard::lfs
