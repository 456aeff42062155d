#include "lfs/transfer/lock_verify.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <unordered_set>

#include "git/process/git_command.h"
#include "lfs/net/batch.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

enum class Wanted { yes, no, undecided };

bool is_zero(const std::string& oid) { return oid.find_first_not_of('0') == std::string::npos; }

Wanted wanted_for(const ClientConfig& config, const std::string& url) {
  const std::optional<Url> parsed = Url::parse(url);
  const std::optional<std::string> value = parsed ? config.for_url("lfs", "locksverify", *parsed) : config.get("lfs.locksverify");
  if (!value) return Wanted::undecided;
  return value->empty() || *value == "false" || *value == "no" || *value == "off" || *value == "0" ? Wanted::no : Wanted::yes;
}

// Files that commits of the push change and the remote's own refs do not reach; a merge only where it differs from every parent.
Result<std::vector<std::string>> changed_paths(const git::RepositoryLayout& layout, const std::string& remote,
                                               const std::vector<RefUpdate>& updates) {
  Command commits = git::git_command({"--git-dir=" + layout.git_dir, "rev-list", "--ignore-missing", "--stdin"});
  std::string input;
  for (const RefUpdate& update : updates) {
    if (is_zero(update.local_oid)) continue;
    input += update.local_oid + "\n";
    if (!is_zero(update.remote_oid)) input += "^" + update.remote_oid + "\n";
  }
  const std::string known = TRY(git::git_output(
      git::git_command({"--git-dir=" + layout.git_dir, "for-each-ref", "--format=^%(objectname)", "refs/remotes/" + remote + "/"})));
  commits.input = input + known;
  Command trees = git::git_command({"--git-dir=" + layout.git_dir, "diff-tree", "--stdin", "-r", "-c", "-z", "--root", "--name-only",
                                    "--no-commit-id", "--no-renames"});
  trees.input = TRY(git::git_output(commits));
  const std::string output = TRY(git::git_output(trees));
  std::vector<std::string> paths;
  for (const std::string_view path : git::split_nul(output)) paths.emplace_back(path);
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

// All locks that count for one ref. kind unsupported: the server has no locks.
Result<std::vector<Lock>> locks_of_ref(const Client& client, const std::string& remote, const std::string& ref, const std::string& shown) {
  std::vector<Lock> locks;
  std::string cursor;
  do {
    const HttpResponse response =
        TRY(client.call_api(remote, Operation::upload, "POST", "/locks/verify", format_verify_request(ref, cursor)));
    if (response.status == 404 || response.status == 501) return fail(ErrorKind::unsupported, "the server has no locks", shown);
    if (!response.ok()) return fail(status_error(response, "lock verification", shown));
    LockPage page = TRY(parse_locks(response.body));
    std::ranges::move(page.locks, std::back_inserter(locks));
    cursor = std::move(page.next_cursor);
  } while (!cursor.empty());
  return locks;
}

std::string short_ref(const std::string& ref) {
  for (const std::string_view prefix : {"refs/heads/", "refs/tags/"})
    if (ref.starts_with(prefix)) return ref.substr(prefix.size());
  return ref;
}

// Files of the push that are locked, sorted by path.
struct HeldFiles {
  std::map<std::string, std::pair<std::string, std::string>> theirs;  // path to owner and the refs that the lock counts for
  std::map<std::string, std::string> ours;

  void take(const Lock& lock, const std::string& ref) {
    if (lock.ours) {
      ours.emplace(lock.path, lock.owner);
      return;
    }
    auto& [owner, refs] = theirs[lock.path];
    owner = lock.owner;
    refs += (refs.empty() ? "" : ", ") + short_ref(ref);
  }
};

void tell_held(const HeldFiles& held, LockVerdict& verdict) {
  if (!held.theirs.empty()) {
    verdict.lines.emplace_back("Unable to push locked files:");
    for (const auto& [path, holder] : held.theirs)
      verdict.lines.push_back("* " + path + " - " + holder.first + " (refs: " + holder.second + ")");
    verdict.lines.emplace_back(verdict.stops_push ? "Cannot update locked files." : "warning: The above files would have halted this push.");
  } else if (!held.ours.empty()) {
    verdict.lines.emplace_back("Consider unlocking your own locked files: (`git lfs unlock <path>`)");
    for (const auto& [path, owner] : held.ours) verdict.lines.push_back("* " + path);
  }
}

// Not asked for in so many words, and it did not work: a remark.
void tell_failure(const Error& error, const std::string& remote, const std::string& key, LockVerdict& verdict) {
  if (error.kind == ErrorKind::auth) {
    verdict.lines.push_back("warning: Authentication error: " + to_line(error));
    return;
  }
  verdict.lines.push_back("Remote \"" + remote + "\" does not support the Git LFS locking API. Consider disabling it with:");
  verdict.lines.push_back("  $ git config " + key + " false");
}

}  // namespace

Result<std::vector<bool>> have_lockable_attribute(const git::RepositoryLayout& layout, const std::vector<std::string>& paths) {
  std::vector<bool> lockable(paths.size());
  if (paths.empty() || layout.work_tree.empty()) return lockable;
  Command command = git::git_command({"check-attr", "--stdin", "-z", "lockable"}, layout.work_tree);
  std::string input;
  for (const std::string& path : paths) input += path + std::string(1, '\0');
  command.input = std::move(input);
  const std::string output = TRY(git::git_output(command));
  const auto fields = git::split_nul(output);
  if (fields.size() != paths.size() * 3)
    return fail(ErrorKind::io, "git check-attr answered for another number of paths than asked", layout.work_tree);
  for (size_t i = 0; i < paths.size(); ++i) {
    const std::string_view value = fields[i * 3 + 2];
    lockable[i] = value == "set" || value == "true";
  }
  return lockable;
}

Result<LockVerdict> verify_locks(const Client& client, const std::string& remote, const std::vector<RefUpdate>& updates) {
  LockVerdict verdict;
  const Endpoint endpoint = TRY(resolve_endpoint(client.config(), remote, Operation::upload));
  if (endpoint.kind == Endpoint::Kind::local) return verdict;
  const Wanted wanted = wanted_for(client.config(), endpoint.url);
  if (wanted == Wanted::no) return verdict;
  const std::vector<std::string> paths = TRY(changed_paths(client.layout(), remote, updates));
  if (wanted == Wanted::undecided) {
    const std::vector<bool> lockable = TRY(have_lockable_attribute(client.layout(), paths));
    if (std::ranges::find(lockable, true) == lockable.end()) return verdict;
  }
  const std::unordered_set<std::string> changed(paths.begin(), paths.end());
  const std::optional<Url> url = Url::parse(endpoint.url);
  const std::string shown = url ? url->text() : endpoint.url;
  const std::string key = "lfs." + shown + ".locksverify";

  HeldFiles held;
  std::unordered_set<std::string> asked;
  for (const RefUpdate& update : updates) {
    if (is_zero(update.local_oid) || !asked.insert(update.remote_ref).second) continue;
    const Result<std::vector<Lock>> locks = locks_of_ref(client, remote, update.remote_ref, shown);
    if (!locks && locks.error().kind == ErrorKind::unsupported) {
      (void)run(git::git_command({"--git-dir=" + client.layout().git_dir, "config", "--local", key, "false"}));
      return LockVerdict{};
    }
    if (!locks && wanted == Wanted::yes) {
      Error error = locks.error();
      if (error.hint.empty()) error.hint = "to push without asking for locks: git config " + key + " false";
      return fail(std::move(error));
    }
    if (!locks) {
      tell_failure(locks.error(), remote, key, verdict);
      return verdict;
    }
    for (const Lock& lock : *locks)
      if (changed.contains(lock.path)) held.take(lock, update.remote_ref);
  }
  if (wanted == Wanted::undecided) {
    verdict.lines.push_back("Locking support detected on remote \"" + remote + "\". Consider enabling it with:");
    verdict.lines.push_back("  $ git config " + key + " true");
  }
  verdict.stops_push = wanted == Wanted::yes && !held.theirs.empty();
  tell_held(held, verdict);
  return verdict;
}

}  // namespace lfsguard::lfs
