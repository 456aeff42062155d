// `lfsguard lfs fetch`, `pull`, `checkout`: objects from a remote into the store, and from the store into the work
// tree.
#include <algorithm>
#include <chrono>
#include <iterator>

#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/lfs_prune.h"
#include "cli/lfs_transfer_output.h"
#include "cli/lfs_work_tree.h"
#include "git/attributes/ignore_pattern.h"
#include "git/process/git_command.h"
#include "lfs/filter/path_choice.h"
#include "lfs/transfer/pointer_listing.h"
#include "lfs/transfer/recent_refs.h"

namespace lfsguard::cli {
namespace {

using lfs::ListedPointer;

void keep_chosen(std::vector<ListedPointer>& pointers, const lfs::PathChoice& choice) {
  if (choice) std::erase_if(pointers, [&](const ListedPointer& listed) { return !choice(listed.path); });
}

void append(std::vector<ListedPointer>& all, std::vector<ListedPointer> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Result<std::vector<std::string>> all_refs(const lfs::Client& client) {
  const std::string text = TRY(git::git_output(
      git::git_command({"--git-dir=" + client.layout().git_dir, "for-each-ref", "--format=%(refname)"})));
  std::vector<std::string> names;
  for (const std::string_view line : git::split_lines(text)) names.emplace_back(line);
  return names;
}

Result<std::vector<ListedPointer>> pointers_to_fetch(Context& context, const lfs::Client& client,
                                                     const Arguments& arguments) {
  std::vector<std::string> refs;
  if (!arguments.positional().empty()) refs.assign(arguments.positional().begin() + 1, arguments.positional().end());
  if (arguments.has("--all")) {
    if (arguments.has("--recent") || arguments.has("--include") || arguments.has("--exclude"))
      return fail(ErrorKind::usage, "--all goes with neither --recent nor --include nor --exclude", "");
    if (refs.empty()) refs = TRY(all_refs(client));
    context.note("fetch: Fetching all references...");
    return lfs::pointers_in_history(client.layout(), refs, {});
  }
  const lfs::PathChoice choice =
      lfs::fetch_choice(client.config(), arguments.value("--include"), arguments.value("--exclude"));
  if (refs.empty()) {
    const Completed head =
        TRY(run(git::git_command({"--git-dir=" + client.layout().git_dir, "rev-parse", "-q", "--verify", "HEAD"})));
    if (head.status == 0) refs.emplace_back("HEAD");
  }
  std::vector<ListedPointer> pointers;
  for (const std::string& ref : refs) {
    TRY(check_commit_name(client, ref));
    const auto full = git::git_line(git::git_command({"--git-dir=" + client.layout().git_dir, "rev-parse", "--symbolic-full-name", "--end-of-options", ref}));
    std::string shown = full ? full->substr(full->find('\n') + 1) : "";  // git answers "--end-of-options", too
    context.note("fetch: Fetching reference " + (shown.empty() ? ref : shown));
    append(pointers, TRY(lfs::pointers_in_tree(client.layout(), ref)));
  }
  if (arguments.has("--recent") || client.config().flag("lfs.fetchrecentalways", false)) {
    const lfs::RecentWindow window = lfs::RecentWindow::read(client.config());
    if (client.config().number("lfs.fetchrecentrefsdays", 7) > 0)
      context.note("fetch: Fetching recent branches within " + std::to_string(client.config().number("lfs.fetchrecentrefsdays", 7)) + " days");
    append(pointers, TRY(lfs::recent_pointers(client.layout(), client.config(), window)));
  }
  keep_chosen(pointers, choice);
  return pointers;
}

std::string remote_argument(const lfs::Client& client, const Arguments& arguments) {
  return arguments.positional().empty() ? meant_remote(client) : arguments.positional().front();
}

Result<int> fetch(Context& context, const lfs::Client& client, const Arguments& arguments,
                  const std::vector<ListedPointer>& pointers) {
  std::vector<lfs::TransferObject> objects = lfs::transfer_objects(pointers);
  std::erase_if(objects, [&](const auto& object) { return client.store().contains(object.oid, object.size); });
  if (arguments.has("--dry-run")) {
    for (const lfs::TransferObject& object : objects)
      context.print("fetch " + object.oid.hex() + " => " + object.path + "\n");
    return 0;
  }
  TransferOutput output(context, arguments.has("--json-events"), "Downloading LFS objects");
  output.expect(objects);
  const lfs::TransferReport report =
      TRY(client.download(remote_argument(client, arguments), std::move(objects), output.sink()));
  return output.finish(report);
}

Result<int> run_fetch(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  if (!arguments.positional().empty()) TRY(check_remote_name(client, arguments.positional().front()));
  const std::vector<ListedPointer> pointers = TRY(pointers_to_fetch(context, client, arguments));
  const int code = TRY(fetch(context, client, arguments, pointers));
  const bool prune = arguments.has("--prune") && !arguments.has("--dry-run");
  if (code == 0 && prune) TRY(prune_store(context, client, PruneOptions{}));
  return code;
}

Result<int> report_checkout(Context& context, const CheckoutReport& report, bool name_missing) {
  if (name_missing)
    for (const std::string& path : report.missing)
      context.note("Skipped checkout for \"" + path + "\", content not local. Use fetch to download.");
  for (const auto& [path, error] : report.failed) context.complain(Error(error).because("cannot check out", path));
  return report.failed.empty() ? 0 : 2;
}

Result<int> check_out_shown(Context& context, const lfs::Client& client, const std::vector<ListedPointer>& pointers,
                            bool name_missing) {
  uint64_t total = 0;
  for (const ListedPointer& listed : pointers) total += listed.pointer.size;
  context.progress().phase("Checking out LFS objects", total, "bytes");
  const CheckoutReport report =
      TRY(check_out(client, pointers, [&](uint64_t bytes) { context.progress().advance(bytes); }));
  return report_checkout(context, report, name_missing);
}

Status need_work_tree(const lfs::Client& client, const std::string& command) {
  if (!client.layout().work_tree.empty()) return {};
  return fail(ErrorKind::usage, "lfs " + command + " needs a work tree, this repository is bare",
              client.layout().git_dir);
}

Result<int> run_pull(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  TRY(need_work_tree(client, "pull"));
  if (!arguments.positional().empty()) TRY(check_remote_name(client, arguments.positional().front()));
  std::vector<ListedPointer> pointers = TRY(pointers_to_check_out(client));
  keep_chosen(pointers, lfs::fetch_choice(client.config(), arguments.value("--include"), arguments.value("--exclude")));
  const int fetched = TRY(fetch(context, client, arguments, pointers));
  const int written = TRY(check_out_shown(context, client, pointers, false));
  return std::max(fetched, written);
}

// Patterns of the command line count from the folder it was started in.
Result<lfs::PathChoice> argument_choice(const Arguments& arguments) {
  if (arguments.positional().empty()) return lfs::PathChoice{};
  const std::string prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  std::vector<std::string> patterns;
  for (std::string pattern : arguments.positional()) {
    while (pattern.starts_with("./")) pattern.erase(0, 2);
    if (pattern == "." || pattern.empty())
      pattern = prefix.empty() ? "*" : "/" + prefix;
    else if (!prefix.empty() || pattern.find('/') != std::string::npos)
      pattern = "/" + prefix + pattern;
    patterns.push_back(std::move(pattern));
  }
  const auto list = std::make_shared<attributes::PathList>(std::move(patterns));
  return lfs::PathChoice([list](std::string_view path) { return list->matches(path); });
}

// One side of a conflict into a file of its own. Stages of the index: 1 the merge base, 2 ours, 3 theirs.
Result<int> check_out_side(const lfs::Client& client, const Arguments& arguments, int stage) {
  if (arguments.positional().size() != 1) return fail(ErrorKind::usage, "--to takes one path of a conflict", "");
  const std::string prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  const std::string path = prefix + arguments.positional().front();
  const Completed blob = TRY(run(git::git_command({"cat-file", "blob", ":" + std::to_string(stage) + ":" + path}, client.layout().work_tree)));
  if (blob.status != 0) return fail(ErrorKind::not_found, "the index has no such side of a conflict (is a merge under way?)", path);
  const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.output);
  if (!parsed.is_pointer()) return fail(ErrorKind::not_found, "that side of the conflict is no LFS pointer", path);
  ListedPointer listed;
  listed.path = path;
  listed.pointer = parsed.pointer;
  TRY(check_out_to(client, listed, *arguments.value("--to")));
  return 0;
}

Result<int> run_checkout(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  TRY(need_work_tree(client, "checkout"));
  int stage = 0, sides = 0;
  for (const auto& [flag, number] : {std::pair("--base", 1), std::pair("--ours", 2), std::pair("--theirs", 3)}) {
    if (!arguments.has(flag)) continue;
    stage = number;
    ++sides;
  }
  if (sides > 1 || arguments.has("--to") != (sides == 1))
    return fail(ErrorKind::usage, "--to and exactly one of --theirs, --ours and --base go together", "");
  if (sides == 1) return check_out_side(client, arguments, stage);
  std::vector<ListedPointer> pointers = TRY(pointers_to_check_out(client));
  keep_chosen(pointers, TRY(argument_choice(arguments)));
  return check_out_shown(context, client, pointers, true);
}

constexpr Option kFetchOptions[] = {
    {"--include", "PATTERNS", "only these paths (comma-separated gitignore patterns)", 'I'},
    {"--exclude", "PATTERNS", "not these paths", 'X'},
    {"--all", "", "everything that the refs (default: all) ever held", 'a'},
    {"--recent", "", "also what recent branches and commits need", 'r'},
    {"--prune", "", "prune afterwards", 'p'},
    {"--dry-run", "", "print what would be fetched", 'd'},
    {"--json-events", "", "one JSON object a line for each thing that happens"},
};
constexpr Option kPullOptions[] = {
    {"--include", "PATTERNS", "only these paths (comma-separated gitignore patterns)", 'I'},
    {"--exclude", "PATTERNS", "not these paths", 'X'},
    {"--json-events", "", "one JSON object a line for each thing that happens"},
};
constexpr Option kCheckoutOptions[] = {
    {"--to", "FILE", "during a conflict: one side of the path goes into FILE, which is replaced"},
    {"--base", "", "with --to: the merge base's"},
    {"--ours", "", "with --to: the current branch's"},
    {"--theirs", "", "with --to: the other branch's"},
};

}  // namespace

extern constinit const Command kLfsFetchCommand{
    .name = "fetch",
    .summary = "get LFS objects from a remote into the store",
    .arguments = "[REMOTE [REF...]]",
    .options = kFetchOptions,
    .run = run_fetch,
};
extern constinit const Command kLfsPullCommand{
    .name = "pull",
    .summary = "get the LFS objects of the work tree and write them out",
    .arguments = "[REMOTE]",
    .options = kPullOptions,
    .most = 1,
    .run = run_pull,
};
extern constinit const Command kLfsCheckoutCommand{
    .name = "checkout",
    .summary = "write LFS objects that are here into the work tree",
    .arguments = "[PATTERN...]",
    .options = kCheckoutOptions,
    .run = run_checkout,
};

}  // namespace lfsguard::cli
