#include "lfs/transfer/recent_refs.h"

#include <charconv>
#include <ctime>

#include "git/process/git_command.h"

namespace lfsguard::lfs {
namespace {

constexpr int64_t kDay = 86400;

struct Tip {
  std::string commit;
  int64_t committed = 0;  // seconds since the epoch
};

std::optional<Tip> parse_tip(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  Tip tip{std::string(line.substr(0, space)), 0};
  const std::string_view digits = line.substr(space + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), tip.committed);
  return tip;
}

// HEAD first, then refs whose tip is not older than the window.
Result<std::vector<Tip>> recent_tips(const git::RepositoryLayout& layout, const RecentWindow& window) {
  const std::string git_dir = "--git-dir=" + layout.git_dir;
  std::vector<Tip> tips;
  const Completed head = TRY(run(git::git_command({git_dir, "log", "-1", "--format=%H %ct", "HEAD"})));
  if (head.status == 0)
    for (const std::string_view line : git::split_lines(head.output))
      if (auto tip = parse_tip(line)) tips.push_back(std::move(*tip));
  if (window.refs_days <= 0) return tips;
  std::vector<std::string> arguments = {git_dir, "for-each-ref", "--format=%(objectname) %(committerdate:unix)",
                                        "refs/heads/"};
  if (window.remote_refs) arguments.emplace_back("refs/remotes/");
  const std::string refs = TRY(git::git_output(git::git_command(std::move(arguments))));
  const int64_t oldest = static_cast<int64_t>(std::time(nullptr)) - window.refs_days * kDay;
  for (const std::string_view line : git::split_lines(refs))
    if (auto tip = parse_tip(line); tip && tip->committed >= oldest) tips.push_back(std::move(*tip));
  return tips;
}

// Pointers in the trees of commits below `tip` that were committed at `since` or later.
Result<std::vector<ListedPointer>> pointers_since(const git::RepositoryLayout& layout, const std::string& tip,
                                                  int64_t since) {
  const std::string commits = TRY(git::git_output(
      git::git_command({"--git-dir=" + layout.git_dir, "rev-list", "--since=" + std::to_string(since), tip})));
  std::vector<ListedPointer> pointers;
  for (const std::string_view commit : git::split_lines(commits)) {
    std::vector<ListedPointer> more = TRY(pointers_in_tree(layout, std::string(commit)));
    pointers.insert(pointers.end(), more.begin(), more.end());
  }
  return pointers;
}

}  // namespace

RecentWindow RecentWindow::read(const ClientConfig& config) {
  RecentWindow window;
  window.refs_days = config.number("lfs.fetchrecentrefsdays", 7);
  window.commits_days = config.number("lfs.fetchrecentcommitsdays", 0);
  window.remote_refs = config.flag("lfs.fetchrecentremoterefs", true);
  return window;
}

RecentWindow RecentWindow::for_prune(const ClientConfig& config) {
  RecentWindow window = read(config);
  const int64_t offset = config.number("lfs.pruneoffsetdays", 3);
  if (window.refs_days > 0) window.refs_days += offset;
  if (window.commits_days > 0) window.commits_days += offset;
  return window;
}

Result<std::vector<ListedPointer>> recent_pointers(const git::RepositoryLayout& layout, const ClientConfig&,
                                                   const RecentWindow& window) {
  std::vector<ListedPointer> pointers;
  for (const Tip& tip : TRY(recent_tips(layout, window))) {
    std::vector<ListedPointer> more =
        window.commits_days > 0 ? TRY(pointers_since(layout, tip.commit, tip.committed - window.commits_days * kDay))
                                : TRY(pointers_in_tree(layout, tip.commit));
    pointers.insert(pointers.end(), more.begin(), more.end());
  }
  return pointers;
}

}  // namespace lfsguard::lfs
