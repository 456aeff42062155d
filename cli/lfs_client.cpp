#include "cli/lfs_client.h"

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

Status write_now(std::string_view data) { return write_all(1, data, "standard output"); }

}  // namespace lfsguard::cli
