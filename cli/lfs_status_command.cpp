// `lfsguard lfs status`: what would be pushed, committed and staged, in git-lfs's three formats.
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "git/process/git_command.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::cli {
namespace {

constexpr char kEmptyTree[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

// A path from the top of the work tree as seen from the folder `prefix` ("a/b/", empty at the top).
std::string relative(const std::string& path, const std::string& prefix) {
  size_t common = 0;
  for (size_t slash = prefix.find('/'); slash != std::string::npos; slash = prefix.find('/', slash + 1)) {
    if (path.compare(0, slash + 1, prefix, 0, slash + 1) != 0) break;
    common = slash + 1;
  }
  std::string result;
  for (const char c : std::string_view(prefix).substr(common)) result += c == '/' ? "../" : "";
  return result + path.substr(common);
}

// One line of `git diff-index --raw -z`.
struct Change {
  std::string from_blob, to_blob;  // hex; zeros: none, or the work tree's file
  char status = 'M';
  std::string from, path;  // `from` differs for renames and copies
  friend bool operator==(const Change&, const Change&) = default;
};

// Two columns, by the kind of change alone: scripts know git-lfs's lines, which are not git's.
std::string porcelain_line(const Change& change) {
  const std::string name = (change.from == change.path ? "" : change.from + " -> ") + change.path + "\n";
  return (change.status == 'M' ? " M" : std::string(1, change.status) + " ") + " " + name;
}

std::vector<Change> parse_changes(std::string_view text) {
  std::vector<Change> changes;
  const std::vector<std::string_view> fields = git::split_nul(text);
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    // ":100644 100644 <id> <id> M"
    const std::string_view head = fields[i];
    if (head.size() < 98 || head.front() != ':') continue;
    Change change;
    change.from_blob = head.substr(15, 40);
    change.to_blob = head.substr(56, 40);
    change.status = head[97];
    change.from = change.path = fields[++i];
    if ((change.status == 'R' || change.status == 'C') && i + 1 < fields.size()) change.path = fields[++i];
    changes.push_back(std::move(change));
  }
  return changes;
}

class StatusReport {
 public:
  StatusReport(const lfs::Client& client) : client_(client), git_dir_("--git-dir=" + client.layout().git_dir) {}

  Status read() {
    const std::string& top = client_.layout().work_tree;
    (void)run(git::git_command({"update-index", "-q", "--refresh"}, top));
    const Completed head = TRY(run(git::git_command({git_dir_, "rev-parse", "-q", "--verify", "HEAD^{commit}"})));
    born_ = head.status == 0;
    staged_ = parse_changes(TRY(git::git_output(git::git_command(
        {"diff-index", "-M", "--cached", "--raw", "-z", "--no-abbrev", born_ ? "HEAD" : kEmptyTree}, top))));
    // As git-lfs sees it: HEAD against the work tree, less what is in the first list.
    unstaged_ = parse_changes(TRY(git::git_output(
        git::git_command({"diff-index", "-M", "--raw", "-z", "--no-abbrev", born_ ? "HEAD" : kEmptyTree}, top))));
    const std::string listing = TRY(git::git_output(git::git_command({"diff-files", "-z", "--name-only"}, top)));
    std::set<std::string_view> changed;
    for (const std::string_view path : git::split_nul(listing)) changed.insert(path);
    std::erase_if(unstaged_, [&](const Change& change) {
      // The file's side of a rename may go by an id that is no blob of the repository; it equals the index where diff-files does not name it.
      const auto renamed = [&](const Change& staged) {
        return change.status == 'R' && staged.status == 'R' && staged.from == change.from && staged.path == change.path &&
               !changed.contains(change.path);
      };
      return change.status == 'U' || std::ranges::find(staged_, change) != staged_.end() || std::ranges::any_of(staged_, renamed);
    });
    return {};
  }

  Result<std::string> porcelain() const {
    std::string text;
    std::set<std::string> printed;
    for (const std::vector<Change>* changes : {&unstaged_, &staged_})
      for (const Change& change : *changes)
        if (const std::string line = porcelain_line(change); printed.insert(line).second) text += line;
    return text;
  }

  Result<std::string> json() const {
    std::map<std::string, nlohmann::ordered_json> files;  // sorted by path
    for (const std::vector<Change>* changes : {&unstaged_, &staged_}) {
      for (const Change& change : *changes) {
        if (!TRY(is_lfs(change))) continue;
        nlohmann::ordered_json entry = {{"status", std::string(1, change.status)}};
        if (change.from != change.path) entry["from"] = change.from;
        files[change.path] = std::move(entry);
      }
    }
    nlohmann::ordered_json all;
    all["files"] = nlohmann::ordered_json::object();
    for (auto& [path, entry] : files) all["files"][path] = std::move(entry);
    return all.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }

  Result<std::string> text() const {
    std::string text;
    if (born_) {
      const std::string branch = current_branch(client_.layout());
      text += "On branch " + (branch.empty() ? "HEAD" : branch) + "\n";
      text += TRY(to_be_pushed());
    }
    text += "\nObjects to be committed:\n\n";
    const std::string prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
    for (const Change& change : staged_) text += TRY(line_of(change, prefix));
    text += "\nObjects not staged for commit:\n\n";
    for (const Change& change : unstaged_) text += TRY(line_of(change, prefix));
    return text + "\n";
  }

 private:
  Result<std::string> blob(const std::string& id) const {
    return git::git_output(git::git_command({git_dir_, "cat-file", "blob", id}));
  }
  static bool is_zero(const std::string& id) { return id.find_first_not_of('0') == std::string::npos; }

  Result<bool> is_lfs(const Change& change) const {
    for (const std::string& id : {change.from_blob, change.to_blob}) {
      if (is_zero(id)) continue;
      const Result<std::string> content = blob(id);
      if (content && lfs::parse_pointer(*content).is_pointer()) return true;
    }
    return false;
  }

  Result<std::string> to_be_pushed() const {
    const Completed upstream =
        TRY(run(git::git_command({git_dir_, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"})));
    if (upstream.status != 0) return std::string();
    const std::string name = upstream.output.substr(0, upstream.output.find('\n'));
    std::string text = "Objects to be pushed to " + name + ":\n\n";
    for (const lfs::ListedPointer& listed : TRY(lfs::pointers_in_history(client_.layout(), {"HEAD"}, {name})))
      text += "\t" + listed.path + " (" + listed.pointer.oid.hex() + ")\n";
    return text;
  }

  // "LFS: <oid>", "Git: <sha256 of the blob>", "File: <sha256 of the file>", each by its first seven digits.
  Result<std::string> side(const std::string& id, const std::string& path) const {
    const Result<std::string> content = is_zero(id) ? Result<std::string>(std::string()) : blob(id);
    if (is_zero(id) || !content) {
      const std::string full = client_.layout().work_tree + "/" + path;
      struct stat info {};
      if (::stat(full.c_str(), &info) != 0) return std::string("File: deleted");
      const Result<lfs::Digested> digested = lfs::hash_file(full);
      return "File: " + (digested ? digested->oid.hex().substr(0, 7) : std::string("unreadable"));
    }
    const lfs::ParsedPointer parsed = lfs::parse_pointer(*content);
    if (content->empty()) return "LFS: " + sha256_hex("").substr(0, 7);  // an empty file is its own pointer
    return (parsed.is_pointer() ? "LFS: " + parsed.pointer.oid.hex() : "Git: " + sha256_hex(*content)).substr(0, 12);
  }

  Result<std::string> line_of(const Change& change, const std::string& prefix) const {
    const std::string name =
        relative(change.from, prefix) + (change.from == change.path ? "" : " -> " + relative(change.path, prefix));
    const std::string to = TRY(side(change.to_blob, change.path));
    if (change.status == 'A') return "\t" + name + " (" + to + ")\n";
    return "\t" + name + " (" + TRY(side(change.from_blob, change.from)) + " -> " + to + ")\n";
  }

  const lfs::Client& client_;
  const std::string git_dir_;
  bool born_ = false;
  std::vector<Change> staged_, unstaged_;
};

Result<int> run_status(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  if (client.layout().work_tree.empty())
    return fail(ErrorKind::usage, "lfs status needs a work tree, this repository is bare", client.layout().git_dir);
  StatusReport report(client);
  TRY(report.read());
  context.print(arguments.has("--porcelain") ? TRY(report.porcelain())
                : arguments.has("--json")    ? TRY(report.json())
                                             : TRY(report.text()));
  return 0;
}

constexpr Option kOptions[] = {
    {"--porcelain", "", "one line for each file, for scripts", 'p'},
    {"--json", "", "LFS files only, as JSON", 'j'},
};

}  // namespace

extern constinit const Command kLfsStatusCommand{
    .name = "status",
    .summary = "LFS files to be pushed, committed and staged",
    .options = kOptions,
    .most = 0,
    .run = run_status,
};

}  // namespace lfsguard::cli
