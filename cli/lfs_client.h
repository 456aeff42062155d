// What every `lfs` command begins with: the client of the repository it was started in, and the remote that is meant.
#pragma once

#include <optional>
#include <string>

#include "cli/context.h"
#include "lfs/transfer/client.h"

namespace lfsguard::cli {

// Prints what .lfsconfig may not set.
Result<lfs::Client> open_lfs_client(Context& context);

// Short name of the branch that is checked out; empty on none.
std::string current_branch(const git::RepositoryLayout& layout);

// The remote that is meant where none is named.
std::string meant_remote(const lfs::Client& client);

// A remote that the command line names must be one, or a URL or path of a repository.
Status check_remote_name(const lfs::Client& client, const std::string& remote);

// The full name of a ref, "HEAD" and ids included, must be a commit's: else an error that names it.
Status check_commit_name(const lfs::Client& client, const std::string& name);

// Writes results of a filter or of --json-events at once: they are read while the command runs.
Status write_now(std::string_view data);

}  // namespace lfsguard::cli
