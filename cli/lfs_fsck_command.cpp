// `lfsguard lfs fsck`: objects that are missing or damaged, pointers that are not canonical, files that should be
// pointers and are not.
//
// A damaged object goes to `<storage>/bad`, so that the next fetch gets a whole one.
#include <sys/stat.h>

#include <cstdio>
#include <unordered_map>
#include <unordered_set>

#include "base/durable_file.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "git/process/git_command.h"
#include "lfs/filter/path_choice.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::cli {
namespace {

using lfs::ListedPointer;

struct Checked {
  std::vector<std::string> trees;       // each checked as a tree; for a range every commit of it
  std::vector<ListedPointer> pointers;  // of all of them
};

Result<Checked> what_to_check(const lfs::Client& client, const Arguments& arguments) {
  const std::string git_dir = "--git-dir=" + client.layout().git_dir;
  const std::string what = arguments.positional().empty() ? "" : arguments.positional().front();
  Checked checked;
  if (what.find("..") != std::string::npos) {
    if (what.find("...") != std::string::npos)
      return fail(ErrorKind::usage, "A...B is no range here", what, "write A..B");
    const std::string commits = TRY(git::git_output(git::git_command({git_dir, "rev-list", "--end-of-options", what})));
    for (const std::string_view line : git::split_lines(commits)) checked.trees.emplace_back(line);
  } else {
    const Completed commit = TRY(run(git::git_command(
        {git_dir, "rev-parse", "-q", "--verify", "--end-of-options", (what.empty() ? "HEAD" : what) + "^{commit}"})));
    if (commit.status == 0)
      checked.trees.emplace_back(commit.output.substr(0, commit.output.find('\n')));
    else if (!what.empty())
      return fail(ErrorKind::not_found, "no such commit", what);
  }
  for (const std::string& tree : checked.trees) {
    std::vector<ListedPointer> more = TRY(lfs::pointers_in_tree(client.layout(), tree));
    checked.pointers.insert(checked.pointers.end(), more.begin(), more.end());
  }
  if (what.empty() && !client.layout().work_tree.empty()) {
    std::vector<ListedPointer> staged = TRY(lfs::pointers_in_index(client.layout()));
    checked.pointers.insert(checked.pointers.end(), staged.begin(), staged.end());
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

// Paths of a tree that its attributes give to LFS while the blob is no pointer. Attributes are read from the tree
// through a temporary index.
Result<std::vector<std::string>> unexpected_files(const lfs::Client& client, const std::string& tree,
                                                  const std::vector<ListedPointer>& pointers) {
  const std::string git_dir = "--git-dir=" + client.layout().git_dir;
  TemporaryFile index = TRY(TemporaryFile::create(client.layout().git_dir, "lfsguard-index-"));
  const std::string index_variable = "GIT_INDEX_FILE=" + index.path() + ".tree";
  struct Remove {
    std::string path;
    ~Remove() { ::remove(path.c_str()); }
  } remove{index.path() + ".tree"};
  lfsguard::Command read = git::git_command({git_dir, "read-tree", tree});
  read.environment.push_back(index_variable);
  TRY(git::git_output(read));
  const std::string listing =
      TRY(git::git_output(git::git_command({git_dir, "ls-tree", "-r", "-z", "-l", "--full-tree", tree})));
  std::string input;
  std::unordered_set<std::string> known;
  for (const ListedPointer& listed : pointers) known.insert(listed.path);
  for (const std::string_view item : git::split_nul(listing)) {
    const size_t tab = item.find('\t');
    if (tab == std::string_view::npos || !item.starts_with("100") || item.substr(0, tab).ends_with(" 0")) continue;
    const std::string path(item.substr(tab + 1));
    if (!known.contains(path)) input += path + std::string(1, '\0');
  }
  lfsguard::Command attributes =
      git::git_command({git_dir, "check-attr", "--cached", "--stdin", "-z", "filter"}, client.layout().work_tree);
  attributes.environment.push_back(index_variable);
  attributes.input = std::move(input);
  const std::string text = TRY(git::git_output(attributes));
  const std::vector<std::string_view> fields = git::split_nul(text);
  std::vector<std::string> unexpected;
  for (size_t i = 0; i + 2 < fields.size(); i += 3)
    if (fields[i + 2] == "lfs") unexpected.emplace_back(fields[i]);
  return unexpected;
}

Result<bool> is_canonical(const lfs::Client& client, const ListedPointer& listed) {
  const std::string blob = TRY(git::git_output(
      git::git_command({"--git-dir=" + client.layout().git_dir, "cat-file", "blob", listed.blob.hex()})));
  return lfs::classify_pointer(blob) == lfs::PointerKind::canonical;
}

Result<bool> check_pointers(Context& context, const lfs::Client& client, const Checked& checked,
                            const lfs::PathChoice& choice) {
  bool fine = true;
  std::unordered_set<ObjectId> seen;
  for (const ListedPointer& listed : checked.pointers) {
    if (!seen.insert(listed.blob).second || TRY(is_canonical(client, listed))) continue;
    context.print("pointer: nonCanonicalPointer: Pointer for " + listed.pointer.oid.hex() + " (blob " +
                  listed.blob.hex() + ") was not canonical\n");
    fine = false;
  }
  for (const std::string& tree : checked.trees) {
    const std::vector<ListedPointer> pointers = TRY(lfs::pointers_in_tree(client.layout(), tree));
    for (const std::string& path : TRY(unexpected_files(client, tree, pointers))) {
      if (choice && !choice(path)) continue;
      context.print("pointer: unexpectedGitObject: \"" + path + "\" (treeish " + tree +
                    ") should have been a pointer but was not\n");
      fine = false;
    }
  }
  return fine;
}

Result<int> run_fsck(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  Checked checked = TRY(what_to_check(client, arguments));
  const lfs::PathChoice choice = lfs::path_choice("", client.config().get("lfs.fetchexclude").value_or(""), false);
  if (choice) std::erase_if(checked.pointers, [&](const ListedPointer& listed) { return !choice(listed.path); });
  const bool both = arguments.has("--objects") == arguments.has("--pointers");
  bool fine = true;
  if (both || arguments.has("--objects"))
    fine &= TRY(check_objects(context, client, checked.pointers, arguments.has("--dry-run")));
  if (both || arguments.has("--pointers")) fine &= TRY(check_pointers(context, client, checked, choice));
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
