#include "cli/lfs_client.h"

#include <unistd.h>

#include "base/file_descriptor.h"
#include "git/process/git_command.h"

namespace lfsguard::cli {

Result<lfs::Client> open_lfs_client(Context& context) {
  const git::RepositoryLayout* const layout = TRY(context.repository());
  lfs::Client client = TRY(lfs::Client::open(*layout));
  for (const std::string& warning : client.config().warnings()) context.warn(warning);
  return client;
}

std::string current_branch(const git::RepositoryLayout& layout) {
  const auto line =
      git::git_line(git::git_command({"--git-dir=" + layout.git_dir, "symbolic-ref", "-q", "--short", "HEAD"}));
  return line ? *line : "";
}

std::string meant_remote(const lfs::Client& client) {
  return lfs::default_remote(client.config(), current_branch(client.layout()));
}

Status check_remote_name(const lfs::Client& client, const std::string& remote) {
  for (const char* key : {"url", "pushurl", "lfsurl", "lfspushurl"})
    if (client.config().get("remote." + remote + "." + key)) return {};
  if (remote.find(':') != std::string::npos || (!remote.empty() && ::access(remote.c_str(), F_OK) == 0)) return {};
  return fail(ErrorKind::not_found, "no such remote", remote, "see: git remote -v");
}

Status check_commit_name(const lfs::Client& client, const std::string& name) {
  const Completed known = TRY(run(git::git_command(
      {"--git-dir=" + client.layout().git_dir, "rev-parse", "-q", "--verify", "--end-of-options", name + "^{tree}"})));
  if (known.status == 0) return {};
  return fail(ErrorKind::not_found, "no such ref", name, "see: git branch --list, git tag --list");
}

Status write_now(std::string_view data) { return write_all(1, data, "standard output"); }

}  // namespace lfsguard::cli
