#include "rewrite/stash.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "git/process/git_command.h"

namespace lfsguard::rewrite {
namespace {

constexpr std::string_view kRef = "refs/stash", kEntry = "refs/stash@{";
constexpr size_t kHex = 2 * ObjectId::kSize;

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

bool is_reftable(const git::RepositoryLayout& layout) { return ::access((layout.common_dir + "/reftable").c_str(), F_OK) == 0; }

std::string log_file(const git::RepositoryLayout& layout) { return layout.common_dir + "/logs/refs/stash"; }

// "old new name <email> seconds zone\tmessage"
struct LogLine {
  std::string ident, message;  // ident without the dates
  std::string date;            // "seconds zone"
  explicit LogLine(std::string_view line) {
    line.remove_prefix(std::min(line.size(), 2 * (kHex + 1)));
    const size_t tab = std::min(line.find('\t'), line.size());
    message = std::string(line.substr(std::min(tab + 1, line.size())));
    const size_t end = line.substr(0, tab).rfind('>');
    ident = std::string(line.substr(0, end == std::string_view::npos ? 0 : end + 1));
    date = end == std::string_view::npos ? std::string() : std::string(line.substr(std::min(end + 2, tab), tab - std::min(end + 2, tab)));
  }
};

Result<std::vector<std::string>> log_of_git(const git::RepositoryLayout& layout) {
  std::vector<std::string> lines;
  const Completed listed = TRY(run(git::git_command({"log", "-g", "-z", "--date=raw", "--format=%H%n%gn <%ge>%n%gd%n%gs", "refs/stash", "--"}, folder_to_ask(layout))));
  if (listed.status != 0) return lines;
  for (const std::string_view record : git::split_nul(listed.output)) {
    const auto parts = git::split_lines(record);
    if (parts.size() < 3) continue;
    const size_t open = parts[2].find('{');
    const std::string_view date = parts[2].substr(open + 1, parts[2].size() - open - 2);
    lines.push_back(std::string(parts[0]) + " " + std::string(parts[1]) + " " + std::string(date) + "\t" + std::string(parts.size() > 3 ? parts[3] : ""));
  }
  std::reverse(lines.begin(), lines.end());
  std::string previous(kHex, '0');
  for (std::string& line : lines) {
    const std::string oid = line.substr(0, kHex);
    line.insert(0, previous + " ");
    previous = oid;
  }
  return lines;
}

// The list made anew: git knows no way to change an entry of a log.
Status store_with_git(const git::RepositoryLayout& layout, const std::vector<std::string>& lines) {
  TRY(git::git_output(git::git_command({"stash", "clear"}, folder_to_ask(layout))));
  for (const std::string& line : lines) {
    const LogLine parsed(line);
    Command command = git::git_command({"stash", "store", "-q", "-m", parsed.message, stash_of(line).hex()}, folder_to_ask(layout));
    const size_t open = std::min(parsed.ident.find('<'), parsed.ident.size());
    const std::string name = parsed.ident.substr(0, open == 0 ? 0 : open - 1);
    const std::string email = open < parsed.ident.size() ? parsed.ident.substr(open + 1, parsed.ident.size() - open - 2) : std::string();
    command.environment.insert(command.environment.end(), {"GIT_COMMITTER_NAME=" + name, "GIT_COMMITTER_EMAIL=" + email, "GIT_COMMITTER_DATE=" + parsed.date});
    TRY(git::git_output(command));
  }
  return {};
}

}  // namespace

std::string stash_entry_name(size_t index) { return std::string(kEntry) + std::to_string(index) + "}"; }

bool is_stash_entry(std::string_view name) { return name.starts_with(kEntry); }

ObjectId stash_of(std::string_view line) {
  return line.size() < 2 * kHex + 1 ? ObjectId{} : ObjectId::from_hex(line.substr(kHex + 1, kHex)).value_or(ObjectId{});
}

Result<std::vector<std::string>> stash_log(const git::RepositoryLayout& layout) {
  if (is_reftable(layout)) return log_of_git(layout);
  auto text = read_file(log_file(layout));
  if (!text) {
    if (text.error().kind == ErrorKind::not_found) return std::vector<std::string>();
    return fail(std::move(text).error());
  }
  std::vector<std::string> lines;
  for (const std::string_view line : git::split_lines(*text)) lines.emplace_back(line);
  return lines;
}

std::vector<ObjectId> older_stashes(const git::RepositoryLayout& layout) {
  std::vector<ObjectId> oids;
  const auto lines = stash_log(layout);
  if (!lines) return oids;
  for (size_t i = lines->size(); i-- > 0;)
    if (const ObjectId oid = stash_of((*lines)[i]); !oid.is_zero()) oids.push_back(oid);
  if (!oids.empty()) oids.erase(oids.begin());  // the ref itself
  return oids;
}

Status move_stash_log(const git::RepositoryLayout& layout, const std::vector<RefChange>& changes, const std::vector<std::string>& before, bool undo) {
  std::map<ObjectId, ObjectId> moved;
  std::set<ObjectId> known;
  bool whole = false;
  for (const RefChange& change : changes) {
    if (change.name != kRef && !is_stash_entry(change.name)) continue;
    moved.emplace(change.old_oid, change.new_oid);
    known.insert({change.old_oid, change.new_oid});
    whole |= change.name == kRef;
  }
  if (moved.empty()) return {};
  const std::vector<std::string> now = TRY(stash_log(layout));
  std::vector<std::string> lines = before;
  if (before.empty()) lines = now;
  for (const std::string& line : before) known.insert(stash_of(line));
  if (!before.empty() && !(undo && whole))
    for (const std::string& line : now)
      if (!known.contains(stash_of(line))) lines.push_back(line);
  // The line that moving the ref itself has added would be one entry more.
  if (before.empty()) std::erase_if(lines, [&](const std::string& line) { return known.contains(stash_of(line)) && LogLine(line).message.starts_with("lfsguard "); });
  for (std::string& line : lines) {
    for (const size_t at : {size_t{0}, kHex + 1}) {
      if (line.size() < at + kHex) continue;
      const auto oid = ObjectId::from_hex(std::string_view(line).substr(at, kHex));
      const auto found = oid ? moved.find(*oid) : moved.end();
      if (found != moved.end()) line.replace(at, kHex, found->second.hex());
    }
  }
  if (lines == now) return {};
  if (is_reftable(layout)) return store_with_git(layout, lines);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return replace_file_durably(log_file(layout), text);
}

}  // namespace lfsguard::rewrite
