// `lfsguard lfs lock`, `locks`, `unlock`: the server's file locks, with git-lfs's output.
#include <sys/stat.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/lfs_lockable.h"
#include "git/process/git_command.h"
#include "lfs/net/batch.h"
#include "lfs/net/locks.h"
#include "lfs/net/url.h"
#include "lfs/transfer/lock_verify.h"

namespace lfsguard::cli {
namespace {

using lfs::Operation;

std::string remote_of(const lfs::Client& client, const Arguments& arguments) {
  return arguments.value("--remote").value_or(meant_remote(client));
}

std::string current_ref(const lfs::Client& client) {
  const auto line =
      git::git_line(git::git_command({"--git-dir=" + client.layout().git_dir, "symbolic-ref", "-q", "HEAD"}));
  return line ? *line : "";
}

Error refused(const lfs::HttpResponse& response, const std::string& what) {
  Error error = lfs::status_error(response, what, "");
  if (response.status == 404 || response.status == 501) {
    error.kind = ErrorKind::unsupported;
    error.what = what + ": this server has no locks";
  }
  return error;
}

// From the folder the command was started in to the top of the work tree. A folder is an error: locks are for files.
Result<std::string> from_top(const lfs::Client& client, const std::string& path) {
  const std::string prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  std::string clean = path.starts_with("./") ? path.substr(2) : path;
  std::string result = prefix + clean;
  for (size_t at; (at = result.find("/../")) != std::string::npos;) {
    const size_t start = at == 0 ? 0 : result.rfind('/', at - 1) + 1;
    result.erase(start, at + 4 - start);
  }
  struct stat info {};
  if (::stat((client.layout().work_tree + "/" + result).c_str(), &info) == 0 && S_ISDIR(info.st_mode))
    return fail(ErrorKind::usage, "cannot lock directory", path);
  return result;
}

// Whether the work tree's or the index's file differs from HEAD's.
Result<bool> has_changes(const lfs::Client& client, const std::string& path) {
  const std::string status = TRY(git::git_output(
      git::git_command({"status", "--porcelain", "-z", "--untracked-files=no", "--", ":(top,literal)" + path}, client.layout().work_tree)));
  return !status.empty();
}

// The file's mode follows its lock, where the attribute lockable and the setting say so.
void follow_lock(Context& context, const lfs::Client& client, const std::string& path, bool held) {
  if (client.layout().work_tree.empty()) return;
  Status status = remember_lock(client.layout(), path, held);
  if (status && lockable_files_are_read_only(client)) {
    const auto lockable = lfs::have_lockable_attribute(client.layout(), {path});
    if (!lockable)
      status = fail(lockable.error());
    else if (held || lockable->front())
      status = set_writable(client, path, held);
  }
  if (!status) context.complain(status.error());
}

Result<std::vector<lfs::Lock>> list_locks(const lfs::Client& client, const std::string& remote, const std::string& path,
                                          const std::string& id, uint64_t limit, bool verify) {
  std::vector<lfs::Lock> locks;
  std::string cursor;
  do {
    lfs::HttpResponse response;
    if (verify) {
      response = TRY(client.call_api(remote, Operation::upload, "POST", "/locks/verify",
                                     lfs::format_verify_request(current_ref(client), cursor)));
    } else {
      std::string query = "?refspec=" + lfs::percent_encode(current_ref(client));
      if (!path.empty()) query += "&path=" + lfs::percent_encode(path);
      if (!id.empty()) query += "&id=" + lfs::percent_encode(id);
      if (!cursor.empty()) query += "&cursor=" + lfs::percent_encode(cursor);
      if (limit > 0) query += "&limit=" + std::to_string(limit);
      response = TRY(client.call_api(remote, Operation::download, "GET", "/locks" + query, ""));
    }
    if (!response.ok()) return fail(refused(response, "listing locks"));
    lfs::LockPage page = TRY(lfs::parse_locks(response.body));
    locks.insert(locks.end(), page.locks.begin(), page.locks.end());
    cursor = page.next_cursor;
  } while (!cursor.empty() && (limit == 0 || locks.size() < limit));
  if (limit > 0 && locks.size() > limit) locks.resize(limit);
  return locks;
}

std::string json_list(const std::vector<lfs::Lock>& locks) {
  std::string text = "[";
  for (size_t i = 0; i < locks.size(); ++i) text += (i ? "," : "") + lfs::to_json(locks[i]);
  return text + "]\n";
}

Result<int> run_locks(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const std::string path = arguments.has("--path") ? TRY(from_top(client, *arguments.value("--path"))) : "";
  const uint64_t limit = TRY(arguments.number("--limit")).value_or(0);
  auto locks = TRY(list_locks(client, remote_of(client, arguments), path, arguments.value("--id").value_or(""), limit,
                              arguments.has("--verify")));
  if (arguments.has("--json")) {
    context.print(json_list(locks));
    return 0;
  }
  std::ranges::stable_sort(locks, {}, &lfs::Lock::path);
  size_t path_width = 0, owner_width = 0;
  for (const lfs::Lock& lock : locks) {
    path_width = std::max(path_width, lock.path.size());
    owner_width = std::max(owner_width, lock.owner.size());
  }
  for (const lfs::Lock& lock : locks) {
    const std::string mark = arguments.has("--verify") ? (lock.ours ? "O " : "  ") : "";
    context.print(mark + lock.path + std::string(path_width - lock.path.size(), ' ') + "\t" + lock.owner +
                  std::string(owner_width - lock.owner.size(), ' ') + "\tID:" + lock.id + "\n");
  }
  return 0;
}

Result<int> run_lock(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const std::string remote = remote_of(client, arguments);
  std::vector<lfs::Lock> locks;
  bool all = true;
  for (const std::string& argument : arguments.positional()) {
    const Result<std::string> named = from_top(client, argument);
    if (!named) {
      all = false;
      context.complain(named.error());
      continue;
    }
    const std::string& path = *named;
    const lfs::HttpResponse response = TRY(client.call_api(remote, Operation::upload, "POST", "/locks",
                                                           lfs::format_lock_request(path, current_ref(client))));
    if (!response.ok()) {
      all = false;
      Error error = refused(response, "lock");
      if (const auto holder = lfs::parse_lock(response.body); holder && response.status == 409)
        error = Error{ErrorKind::conflict, "already locked" + (holder->owner.empty() ? "" : " by " + holder->owner), path,
                      "lfsguard lfs locks lists all locks", {}};
      error.subject = path;
      context.complain(error);
      continue;
    }
    locks.push_back(TRY(lfs::parse_lock(response.body)));
    follow_lock(context, client, path, true);
    if (!arguments.has("--json")) context.print("Locked " + path + "\n");
  }
  if (arguments.has("--json")) context.print(json_list(locks));
  return all ? 0 : 2;
}

struct WantedUnlock {
  std::string id, name;
  std::string path;  // empty: by its id only
};

// What `unlock` means: locks by the paths' names, or one by its id.
Result<std::vector<WantedUnlock>> wanted_unlocks(Context& context, const lfs::Client& client, const std::string& remote,
                                                 const Arguments& arguments) {
  std::vector<WantedUnlock> wanted;
  if (arguments.has("--id")) {
    const std::string id = *arguments.value("--id");
    // Its path is asked for so that the file's mode can follow; a server that does not say does not stop the unlock.
    const auto locks = list_locks(client, remote, "", id, 0, false);
    const bool known = locks && locks->size() == 1 && locks->front().id == id;
    wanted.push_back({id, "Lock " + id, known ? locks->front().path : ""});
    return wanted;
  }
  for (const std::string& argument : arguments.positional()) {
    const std::string path = TRY(from_top(client, argument));
    if (TRY(has_changes(client, path))) {
      if (!arguments.has("--force"))
        return fail(ErrorKind::conflict, "cannot unlock a file with uncommitted changes", path,
                    "commit them first, or unlock with --force");
      context.warn("unlocking with uncommitted changes because of --force: " + path);
    }
    const auto locks = TRY(list_locks(client, remote, path, "", 0, false));
    const auto found = std::ranges::find(locks, path, &lfs::Lock::path);
    if (found == locks.end()) return fail(ErrorKind::not_found, "not locked", path, "lfsguard lfs locks lists all locks");
    wanted.push_back({found->id, path, path});
  }
  return wanted;
}

Result<int> run_unlock(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const std::string remote = remote_of(client, arguments);
  if (arguments.has("--id") == !arguments.positional().empty())
    return fail(ErrorKind::usage, "exactly one of --id or paths must be given", "unlock");
  std::string json;
  for (const auto& [id, name, path] : TRY(wanted_unlocks(context, client, remote, arguments))) {
    const lfs::HttpResponse response =
        TRY(client.call_api(remote, Operation::upload, "POST", "/locks/" + lfs::percent_encode(id) + "/unlock",
                            lfs::format_unlock_request(arguments.has("--force"), current_ref(client))));
    if (!response.ok()) {
      Error error = lfs::status_error(response, "unlock", name);
      if (response.status == 403) error.hint = "take it away from somebody else with --force";
      return fail(std::move(error));
    }
    if (!path.empty()) follow_lock(context, client, path, false);
    if (!arguments.has("--json"))
      context.print("Unlocked " + name + "\n");
    else
      json += (json.empty() ? "" : ",") + lfs::unlocked_json(path, arguments.has("--id") ? id : "");
  }
  if (arguments.has("--json")) context.print("[" + json + "]\n");
  return 0;
}

constexpr Option kLocksOptions[] = {
    {"--remote", "NAME", "the remote that is asked", 'r'},
    {"--path", "PATH", "the lock of this path only", 'p'},
    {"--id", "ID", "this lock only", 'i'},
    {"--limit", "N", "at most so many", 'l'},
    {"--verify", "", "say which are ours"},
    {"--json", "", "as JSON"},
};
constexpr Option kLockOptions[] = {
    {"--remote", "NAME", "the remote that is asked", 'r'},
    {"--json", "", "as JSON"},
};
constexpr Option kUnlockOptions[] = {
    {"--remote", "NAME", "the remote that is asked", 'r'},
    {"--id", "ID", "the lock of this id", 'i'},
    {"--force", "", "also a lock of somebody else", 'f'},
    {"--json", "", "as JSON"},
};

}  // namespace

extern constinit const Command kLfsLocksCommand{
    .name = "locks",
    .summary = "list the server's file locks",
    .options = kLocksOptions,
    .most = 0,
    .run = run_locks,
};
extern constinit const Command kLfsLockCommand{
    .name = "lock",
    .summary = "lock files on the server",
    .arguments = "PATH...",
    .options = kLockOptions,
    .fewest = 1,
    .run = run_lock,
};
extern constinit const Command kLfsUnlockCommand{
    .name = "unlock",
    .summary = "give locks back",
    .arguments = "[PATH...]",
    .options = kUnlockOptions,
    .run = run_unlock,
};

}  // namespace lfsguard::cli
