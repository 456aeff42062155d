// `lfsguard lfs fsck`: objects that are missing or damaged, pointers that are not canonical, files that should be
// pointers and are not.
//
// A damaged object goes to `<storage>/bad`, so that the next fetch gets a whole one.
#include <sys/stat.h>

#include <cstdio>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/durable_file.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/lfs_tree_check.h"
#include "git/process/git_command.h"
#include "lfs/filter/path_choice.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::cli {
namespace {

using lfs::ListedPointer;

struct Checked {
  std::vector<ListedPointer> pointers;         // of every tree that is looked at, and of the index
  std::unordered_set<ObjectId> not_canonical;  // blobs among them
  std::vector<std::pair<std::string, std::string>> unexpected;  // (path, commit): covered by the commit's attributes, and no pointer
};

// Each checked as a tree; for a range every commit of it.
Result<std::vector<ObjectId>> commits_to_check(const lfs::Client& client, const std::string& what) {
  const std::string git_dir = "--git-dir=" + client.layout().git_dir;
  std::vector<ObjectId> oids;
  if (what.find("...") != std::string::npos) return fail(ErrorKind::usage, "A...B is no range here", what, "write A..B");
  if (what.find("..") != std::string::npos) {
    const std::string commits = TRY(git::git_output(git::git_command({git_dir, "rev-list", "--end-of-options", what})));
    for (const std::string_view line : git::split_lines(commits))
      if (const auto oid = ObjectId::from_hex(line)) oids.push_back(*oid);
    return oids;
  }
  const Completed commit = TRY(run(
      git::git_command({git_dir, "rev-parse", "-q", "--verify", "--end-of-options", (what.empty() ? "HEAD" : what) + "^{commit}"})));
  if (commit.status != 0 && !what.empty()) return fail(ErrorKind::not_found, "no such commit", what, "see: git log --oneline --all");
  if (const auto oid = ObjectId::from_hex(std::string_view(commit.output).substr(0, commit.output.find('\n')))) oids.push_back(*oid);
  return oids;
}

Result<Checked> look_at_files(Context& context, const lfs::Client& client, const std::string& what, const lfs::PathChoice& choice) {
  Checked checked;
  TreeCheck trees = TRY(TreeCheck::open(context, client.layout()));
  std::unordered_set<ObjectId> seen;
  for (const ObjectId& commit : TRY(commits_to_check(client, what))) {
    TRY(trees.walk(commit, [&](const TreeFile& file) {
      if (choice && !choice(file.path)) return;
      if (!file.pointer) {
        if (file.covered && !file.empty) checked.unexpected.emplace_back(file.path, commit.hex());
      } else if (seen.insert(file.blob).second) {
        checked.pointers.push_back({*file.pointer, file.path, file.blob});
        if (!file.canonical) checked.not_canonical.insert(file.blob);
      }
    }));
  }
  if (!what.empty() || client.layout().work_tree.empty()) return checked;
  for (ListedPointer& staged : TRY(lfs::pointers_in_index(client.layout()))) {
    if ((choice && !choice(staged.path)) || !seen.insert(staged.blob).second) continue;
    if (!TRY(trees.is_canonical(staged.blob))) checked.not_canonical.insert(staged.blob);
    checked.pointers.push_back(std::move(staged));
  }
  return checked;
}

Status move_to_bad(const lfs::Client& client, const std::string& path, const lfs::Oid& oid) {
  const std::string folder = client.store().root() + "/bad";
  TRY(make_directories(folder));
  if (::rename(path.c_str(), (folder + "/" + oid.hex()).c_str()) != 0)
    return fail(errno_error("cannot move a damaged object", path));
  return sync_directory(folder);
}

Result<bool> check_objects(Context& context, const lfs::Client& client, const std::vector<ListedPointer>& pointers,
                           bool dry_run) {
  std::unordered_set<lfs::Oid> seen;
  std::vector<std::pair<std::string, lfs::Oid>> bad;
  bool fine = true;
  for (const ListedPointer& listed : pointers) {
    const lfs::Pointer& pointer = listed.pointer;
    if (pointer.stands_for_nothing() || !seen.insert(pointer.oid).second) continue;
    const std::string name = listed.path + " (" + pointer.oid.hex() + ")";
    const auto path = client.store().find(pointer.oid);
    if (!path) {
      context.print("objects: openError: " + name + " could not be checked: no such file or directory\n");
      fine = false;
      continue;
    }
    const lfs::Digested digested = TRY(lfs::hash_file(*path));
    if (digested.oid == pointer.oid && digested.size == pointer.size) continue;
    context.print("objects: corruptObject: " + name + " is corrupt\n");
    fine = false;
    if (digested.oid != pointer.oid) bad.emplace_back(*path, pointer.oid);
  }
  if (fine || dry_run) return fine;
  context.print("objects: repair: moving corrupt objects to " + client.store().root() + "/bad\n");
  for (const auto& [path, oid] : bad) TRY(move_to_bad(client, path, oid));
  return fine;
}

bool check_pointers(Context& context, const Checked& checked) {
  for (const ListedPointer& listed : checked.pointers)
    if (checked.not_canonical.contains(listed.blob))
      context.print("pointer: nonCanonicalPointer: Pointer for " + listed.pointer.oid.hex() + " (blob " + listed.blob.hex() + ") was not canonical\n");
  for (const auto& [path, commit] : checked.unexpected)
    context.print("pointer: unexpectedGitObject: \"" + path + "\" (treeish " + commit + ") should have been a pointer but was not\n");
  return checked.not_canonical.empty() && checked.unexpected.empty();
}

Result<int> run_fsck(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const std::string what = arguments.positional().empty() ? "" : arguments.positional().front();
  const lfs::PathChoice choice = lfs::path_choice("", client.config().get("lfs.fetchexclude").value_or(""), false);
  const Checked checked = TRY(look_at_files(context, client, what, choice));
  const bool both = arguments.has("--objects") == arguments.has("--pointers");
  bool fine = true;
  if (both || arguments.has("--objects"))
    fine &= TRY(check_objects(context, client, checked.pointers, arguments.has("--dry-run")));
  if (both || arguments.has("--pointers")) fine &= check_pointers(context, checked);
  if (fine) context.print("Git LFS fsck OK\n");
  return fine ? 0 : 1;
}

constexpr Option kOptions[] = {
    {"--objects", "", "only objects: there and whole"},
    {"--pointers", "", "only pointers: canonical, and where they should be"},
    {"--dry-run", "", "damaged objects stay where they are", 'd'},
};

}  // namespace

extern constinit const Command kLfsFsckCommand{
    .name = "fsck",
    .summary = "check objects and pointers of HEAD, a commit or a range A..B",
    .arguments = "[COMMIT|A..B]",
    .options = kOptions,
    .most = 1,
    .run = run_fsck,
};

}  // namespace lfsguard::cli
