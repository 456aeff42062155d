// `lfsguard lfs ls-files`: LFS files of a commit, of the work tree, or of all of history, in git-lfs's format.
#include <sys/stat.h>

#include <cstdio>
#include <iterator>
#include <set>

#include "base/byte_size.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "git/process/git_command.h"
#include "lfs/filter/path_choice.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::cli {
namespace {

using lfs::ListedPointer;

bool is_checked_out(const lfs::Client& client, const ListedPointer& listed) {
  struct stat info {};
  const std::string path = client.layout().work_tree + "/" + listed.path;
  return !client.layout().work_tree.empty() && ::stat(path.c_str(), &info) == 0 &&
         static_cast<uint64_t>(info.st_size) == listed.pointer.size;
}

// git-lfs counts in powers of 1000 here.
std::string size_text(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  char text[40];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : value < 9.95 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
  return text;
}

std::string line_of(const lfs::Client& client, const ListedPointer& listed, const Arguments& arguments) {
  if (arguments.has("--name-only")) return listed.path + "\n";
  const std::string hex = listed.pointer.oid.hex();
  const bool out = is_checked_out(client, listed);
  if (arguments.has("--debug")) {
    return "filepath: " + listed.path + "\n    size: " + std::to_string(listed.pointer.size) +
           "\ncheckout: " + (out ? "true" : "false") +
           "\ndownload: " + (client.store().contains(listed.pointer.oid, listed.pointer.size) ? "true" : "false") +
           "\n     oid: sha256 " + hex + "\n version: https://git-lfs.github.com/spec/v1\n\n";
  }
  std::string line = (arguments.has("--long") ? hex : hex.substr(0, 10)) + (out ? " * " : " - ") + listed.path;
  if (arguments.has("--size")) line += " (" + size_text(listed.pointer.size) + ")";
  return line + "\n";
}

// What the index adds to or changes in HEAD comes first, then HEAD's tree.
Result<std::vector<ListedPointer>> current_files(const lfs::Client& client) {
  std::vector<ListedPointer> pointers;
  const Completed head = TRY(
      run(git::git_command({"--git-dir=" + client.layout().git_dir, "rev-parse", "-q", "--verify", "HEAD^{commit}"})));
  std::vector<ListedPointer> committed;
  if (head.status == 0) committed = TRY(lfs::pointers_in_tree(client.layout(), "HEAD"));
  if (client.layout().work_tree.empty()) return committed;
  std::set<std::pair<std::string, lfs::Oid>> known;
  for (const ListedPointer& listed : committed) known.emplace(listed.path, listed.pointer.oid);
  for (ListedPointer& listed : TRY(lfs::pointers_in_index(client.layout())))
    if (!known.contains({listed.path, listed.pointer.oid})) pointers.push_back(std::move(listed));
  std::set<std::string> staged;
  for (const ListedPointer& listed : pointers) staged.insert(listed.path);
  for (ListedPointer& listed : committed)
    if (!staged.contains(listed.path)) pointers.push_back(std::move(listed));
  return pointers;
}

Result<std::vector<ListedPointer>> files_to_list(const lfs::Client& client, const Arguments& arguments) {
  const std::vector<std::string>& refs = arguments.positional();
  if (arguments.has("--all")) {
    if (!refs.empty()) return fail(ErrorKind::usage, "--all goes with no ref", refs.front());
    const std::string text = TRY(git::git_output(
        git::git_command({"--git-dir=" + client.layout().git_dir, "for-each-ref", "--format=%(refname)"})));
    std::vector<std::string> all = {"HEAD"};
    for (const std::string_view line : git::split_lines(text)) all.emplace_back(line);
    return lfs::pointers_in_history(client.layout(), all, {});
  }
  for (const std::string& ref : refs) TRY(check_commit_name(client, ref));
  if (arguments.has("--deleted"))
    return lfs::pointers_in_history(client.layout(), {refs.empty() ? "HEAD" : refs.front()}, {});
  if (refs.empty()) return current_files(client);
  std::vector<ListedPointer> pointers = TRY(lfs::pointers_in_tree(client.layout(), refs.back()));
  if (refs.size() == 1) return pointers;
  std::set<std::pair<std::string, lfs::Oid>> before;
  for (const ListedPointer& listed : TRY(lfs::pointers_in_tree(client.layout(), refs.front())))
    before.emplace(listed.path, listed.pointer.oid);
  std::erase_if(pointers, [&](const ListedPointer& listed) {
    return before.contains({listed.path, listed.pointer.oid});
  });
  return pointers;
}

Result<int> run_ls_files(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const lfs::PathChoice choice =
      lfs::path_choice(arguments.value("--include").value_or(""), arguments.value("--exclude").value_or(""),
                       client.config().flag("core.ignorecase", false));
  for (const ListedPointer& listed : TRY(files_to_list(client, arguments))) {
    if (choice && !choice(listed.path)) continue;
    if (listed.pointer.stands_for_nothing()) continue;
    context.print(line_of(client, listed, arguments));
  }
  return 0;
}

constexpr Option kOptions[] = {
    {"--long", "", "whole object ids", 'l'},
    {"--size", "", "with sizes", 's'},
    {"--debug", "", "everything that is known of each file", 'd'},
    {"--all", "", "of all refs' history", 'a'},
    {"--deleted", "", "of the ref's history, deleted files included"},
    {"--include", "PATTERNS", "only these paths (comma-separated gitignore patterns)", 'I'},
    {"--exclude", "PATTERNS", "not these paths", 'X'},
    {"--name-only", "", "paths only", 'n'},
};

}  // namespace

extern constinit const Command kLfsLsFilesCommand{
    .name = "ls-files",
    .summary = "list LFS files: * where the content is checked out, - where only the pointer is",
    .arguments = "[REF [REF]]",
    .options = kOptions,
    .most = 2,
    .run = run_ls_files,
};

}  // namespace lfsguard::cli
