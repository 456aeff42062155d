// Where the LFS objects of a remote live. Rules: docs/lfs.md, "Endpoint".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "lfs/net/client_config.h"
#include "lfs/net/ssh_address.h"

namespace lfsguard::lfs {

enum class Operation { upload, download };
std::string_view name_of(Operation operation);  // "upload", "download": as the batch API and git-lfs-authenticate say

struct Endpoint {
  enum class Kind {
    http,   // url is the LFS API's base
    ssh,    // ssh is asked first (git-lfs-authenticate); url is the fallback over HTTPS
    local,  // path is another repository on this machine: objects go straight into its store
  } kind = Kind::http;
  std::string url;  // without trailing slash; may hold userinfo: print redact_url(url)
  std::optional<SshAddress> ssh;
  std::string path;
  std::string git_url;  // of the remote, insteadOf applied; credentials in it may serve the endpoint too
  std::string remote;   // the remote's name, or the URL given in its place
};

// `remote`: a name, or a URL or path in its place (mapped back to the remote that has it). Empty: the branch's remote,
// else origin, else the only one.
Result<Endpoint> resolve_endpoint(const ClientConfig& config, std::string_view remote, Operation operation);

// The remote that commands mean when none is named: branch.<current>.remote is the caller's to know (`current_branch`
// may be empty), remote.lfsdefault, then the only remote, then origin.
std::string default_remote(const ClientConfig& config, std::string_view current_branch);

// `url.<base>.insteadOf` and, for pushing, `pushInsteadOf`: the longest prefix wins.
std::string apply_instead_of(const ClientConfig& config, std::string_view url, Operation operation);

// The remote whose fetch or push URL this is; the URL itself when there is none.
std::string remote_of_url(const ClientConfig& config, std::string_view url);

}  // namespace lfsguard::lfs
