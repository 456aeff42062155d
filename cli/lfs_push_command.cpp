// `lfsguard lfs push`: objects to a remote, outside of `git push`.
#include <sys/stat.h>

#include "base/file_descriptor.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/lfs_transfer_output.h"
#include "git/process/git_command.h"
#include "lfs/transfer/lock_verify.h"
#include "lfs/transfer/pointer_listing.h"
#include "lfs/transfer/push_upload.h"

namespace lfsguard::cli {
namespace {

using lfs::TransferObject;

// Refs or object ids: the arguments behind the remote, or the lines of standard input.
Result<std::vector<std::string>> wanted_names(const Arguments& arguments) {
  std::vector<std::string> names(arguments.positional().begin() + 1, arguments.positional().end());
  if (!arguments.has("--stdin")) return names;
  const std::string text = TRY(read_all(0, "standard input"));
  for (const std::string_view line : git::split_lines(text))
    if (!line.empty()) names.emplace_back(line);
  return names;
}

Result<std::vector<TransferObject>> objects_by_id(const lfs::Client& client, const std::vector<std::string>& names) {
  std::vector<TransferObject> objects;
  for (const std::string& name : names) {
    const auto oid = lfs::Oid::from_hex(name);
    if (!oid) return fail(ErrorKind::usage, "not the id of an LFS object", name, "64 lower-case hex digits");
    const auto path = client.store().find(*oid);
    if (!path)
      return fail(ErrorKind::not_found, "LFS object is not here", name, "get it with: lfsguard lfs fetch --all");
    struct stat info {};
    if (::stat(path->c_str(), &info) != 0) return fail(errno_error("cannot stat", *path));
    objects.push_back({*oid, static_cast<uint64_t>(info.st_size), "", ""});
  }
  return objects;
}

Result<std::vector<std::string>> known_to_remote(const lfs::Client& client, const std::string& remote) {
  const std::string text =
      TRY(git::git_output(git::git_command({"--git-dir=" + client.layout().git_dir, "for-each-ref",
                                            "--format=%(objectname)", "refs/remotes/" + remote + "/"})));
  std::vector<std::string> oids;
  for (const std::string_view line : git::split_lines(text)) oids.emplace_back(line);
  return oids;
}

Result<std::vector<std::string>> local_refs(const lfs::Client& client) {
  const std::string text = TRY(git::git_output(git::git_command(
      {"--git-dir=" + client.layout().git_dir, "for-each-ref", "--format=%(refname)", "refs/heads/", "refs/tags/"})));
  std::vector<std::string> names;
  for (const std::string_view line : git::split_lines(text)) names.emplace_back(line);
  return names;
}

// The pointers that the refs need and the remote may not have, each object with the blob it stands in.
Result<std::vector<lfs::ListedPointer>> pointers_to_push(const lfs::Client& client, const std::string& remote, bool all,
                                                         std::vector<std::string> refs) {
  if (all) {
    if (refs.empty()) refs = TRY(local_refs(client));
    return lfs::pointers_in_history(client.layout(), refs, {});
  }
  for (const std::string& ref : refs) {
    const Completed known = TRY(run(git::git_command({"--git-dir=" + client.layout().git_dir, "rev-parse", "-q",
                                                      "--verify", "--end-of-options", ref + "^{object}"})));
    if (known.status != 0)
      return fail(ErrorKind::not_found, "no such ref", ref, "see: git branch --list, git tag --list");
  }
  return lfs::pointers_in_history(client.layout(), refs, TRY(known_to_remote(client, remote)));
}

// An object that is not here is named with the commit that needs it.
void name_commits(const lfs::Client& client, const std::vector<lfs::ListedPointer>& pointers,
                  lfs::TransferReport& report) {
  for (lfs::TransferFailure& failure : report.failures)
    for (const lfs::ListedPointer& listed : pointers)
      if (failure.object.commit.empty() && listed.pointer.oid == failure.object.oid)
        failure.object.commit = lfs::commit_of_blob(client.layout(), listed.blob);
}

// The refs that a push names (all local ones with --all and none named), as a hook would be told of them.
Result<std::vector<lfs::RefUpdate>> updates_of(const lfs::Client& client, const std::vector<std::string>& names) {
  std::vector<lfs::RefUpdate> updates;
  for (const std::string& name : names) {
    const auto oid = git::git_line(git::git_command(
        {"--git-dir=" + client.layout().git_dir, "rev-parse", "-q", "--verify", "--end-of-options", name + "^{commit}"}));
    if (!oid) continue;  // a tag of something else holds no files to lock
    const auto full = git::git_line(git::git_command({"--git-dir=" + client.layout().git_dir, "rev-parse", "--symbolic-full-name", name}));
    updates.push_back({name, *oid, full && !full->empty() ? *full : name, std::string(40, '0')});
  }
  return updates;
}

Result<int> run_push(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const std::string remote = lfs::remote_of_url(client.config(), arguments.positional().front());
  TRY(check_remote_name(client, remote));
  std::vector<std::string> names = TRY(wanted_names(arguments));
  if (names.empty() && arguments.has("--object-id"))
    return fail(ErrorKind::usage, "at least one object id must be given with --object-id", "lfs push");
  std::vector<lfs::ListedPointer> pointers;
  std::vector<TransferObject> objects;
  if (arguments.has("--object-id")) {
    objects = TRY(objects_by_id(client, names));
  } else {
    pointers = TRY(pointers_to_push(client, remote, arguments.has("--all"), names));
    objects = lfs::transfer_objects(pointers);
  }
  if (arguments.has("--dry-run")) {
    for (const TransferObject& object : objects)
      context.print("push " + object.oid.hex() + (object.path.empty() ? "" : " => " + object.path) + "\n");
    return 0;
  }
  const std::string ref = names.empty() || arguments.has("--object-id") ? "" : names.front();
  std::string full;
  if (!ref.empty())
    if (const auto name = git::git_line(
            git::git_command({"--git-dir=" + client.layout().git_dir, "rev-parse", "--symbolic-full-name", ref})))
      full = *name;
  if (!arguments.has("--object-id") && !objects.empty()) {
    const auto refs = names.empty() && arguments.has("--all") ? TRY(local_refs(client)) : names;
    const lfs::LockVerdict locks = TRY(lfs::verify_locks(client, remote, TRY(updates_of(client, refs))));
    for (const std::string& line : locks.lines) context.complain_line(line);
    if (locks.stops_push) return 2;
  }
  TransferOutput output(context, arguments.has("--json-events"), "Uploading LFS objects");
  output.expect(objects);
  lfs::TransferReport report = TRY(client.upload(remote, std::move(objects), full, output.sink()));
  name_commits(client, pointers, report);
  return output.finish(report);
}

constexpr Option kOptions[] = {
    {"--dry-run", "", "print what would be sent", 'd'},
    {"--all", "", "everything that the refs (default: all branches and tags) ever held"},
    {"--object-id", "", "the arguments are ids of LFS objects", 'o'},
    {"--stdin", "", "refs or ids come on standard input, one a line"},
    {"--json-events", "", "one JSON object a line for each thing that happens"},
};

}  // namespace

extern constinit const Command kLfsPushCommand{
    .name = "push",
    .summary = "send LFS objects to a remote",
    .arguments = "REMOTE [REF...]",
    .options = kOptions,
    .fewest = 1,
    .run = run_push,
};

}  // namespace lfsguard::cli
