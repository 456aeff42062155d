// `lfsguard status`: what is guarded, by which hooks, who bypasses whom, what waits to be pushed, what the last runs
// did.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/byte_size.h"
#include "base/file_descriptor.h"
#include "cli/context.h"
#include "git/process/git_command.h"
#include "hooks/install_repository.h"
#include "hooks/install_status.h"
#include "lfs/transfer/pointer_listing.h"
#include "rewrite/run_folder.h"

namespace lfsguard::cli {
namespace {

using nlohmann::json;

constexpr size_t kLogLines = 5;
constexpr uint64_t kCommitsLookedAt = 2000;  // in more, LFS objects are not counted: it would take too long for an overview

struct Waiting {
  std::string remote;
  uint64_t commits = 0, objects = 0, bytes = 0;
  bool counted = true;  // objects and bytes
};

// What no remote-tracking ref of that remote reaches. Nothing is asked of the network.
Result<std::vector<Waiting>> waiting_for_push(const git::RepositoryLayout& layout, const config::GitConfig& config) {
  const std::string top = layout.work_tree.empty() ? layout.git_dir : layout.work_tree;
  std::vector<Waiting> all;
  const std::string heads =
      TRY(git::git_output(git::git_command({"for-each-ref", "--format=%(refname)", "refs/heads"}, top)));
  std::vector<std::string> branches;
  for (const std::string_view name : git::split_lines(heads)) branches.emplace_back(name);
  for (const std::string& remote : config.remotes()) {
    Waiting waiting{remote};
    if (!branches.empty()) {
      const std::string count = TRY(
          git::git_line(git::git_command({"rev-list", "--count", "--branches", "--not", "--remotes=" + remote}, top)));
      waiting.commits = std::strtoull(count.c_str(), nullptr, 10);
    }
    waiting.counted = waiting.commits <= kCommitsLookedAt;
    if (waiting.commits > 0 && waiting.counted) {
      const std::string there = TRY(
          git::git_output(git::git_command({"for-each-ref", "--format=%(refname)", "refs/remotes/" + remote}, top)));
      std::vector<std::string> tracking;
      for (const std::string_view name : git::split_lines(there)) tracking.emplace_back(name);
      for (const auto& object : lfs::transfer_objects(TRY(lfs::pointers_in_history(layout, branches, tracking)))) {
        ++waiting.objects;
        waiting.bytes += object.size;
      }
    }
    all.push_back(std::move(waiting));
  }
  return all;
}

std::vector<std::string> last_log_lines(const git::RepositoryLayout& layout) {
  std::vector<std::string> lines;
  if (const auto text = read_file(layout.private_dir() + "/log"))
    for (const std::string_view line : git::split_lines(*text)) lines.emplace_back(line);
  if (lines.size() > kLogLines) lines.erase(lines.begin(), lines.end() - kLogLines);
  return lines;
}

// Reports of rewrites, oldest first (a run's name begins with its time).
std::vector<json> rewrites(const git::RepositoryLayout& layout) {
  std::vector<json> reports;
  for (const std::string& run : rewrite::RunFolder::all(layout)) {
    const auto text = read_file(rewrite::RunFolder::named(layout, run).path() + "/report.json");
    json report = text ? json::parse(*text, nullptr, false) : json();
    if (!report.is_object()) report = json::object();
    reports.push_back({{"run", run},
                       {"files", report.contains("files") && report["files"].is_array() ? report["files"].size() : 0},
                       {"commits", report.value("/commits/rewritten"_json_pointer, uint64_t{0})},
                       {"bytes", report.value("/objects/bytes"_json_pointer, uint64_t{0})}});
  }
  return reports;
}

json gather(const git::RepositoryLayout& layout, const config::LoadedPolicy& loaded,
            const std::vector<hooks::HookState>& states, const hooks::FilterState& filters,
            const std::vector<Waiting>& waiting) {
  static constexpr const char* kOwners[] = {"none", "lfsguard", "git-lfs", "other"};
  const config::Policy& policy = loaded.policy;
  json report = {{"version", 1},
                 {"command", "status"},
                 {"repository", layout.common_dir},
                 {"hooks", json::array()},
                 {"waiting", json::array()}};
  report["guarded"] = std::all_of(states.begin(), states.end(), [&](const auto& state) {
    return (!state.guarded_by.empty() && state.problem.empty()) || layout.bare;
  });
  for (const hooks::HookState& state : states) {
    const auto or_null = [](const std::string& text) { return text.empty() ? json() : json(text); };
    report["hooks"].push_back({{"name", state.name},
                               {"guarded_by", or_null(state.guarded_by)},
                               {"path", or_null(state.path)},
                               {"runs_another_first", state.kept},
                               {"problem", or_null(state.problem)}});
  }
  report["filters"] = {
      {"owner", kOwners[static_cast<size_t>(filters.owner)]}, {"scope", filters.scope}, {"works", filters.works}};
  json profiles = json::array();
  for (const config::HostProfile& profile : policy.profiles) profiles.push_back(profile.name);
  report["policy"] = {{"threshold", policy.threshold},
                      {"threshold_from", policy.limit_source},
                      {"profiles", profiles},
                      {"mode", policy.mode == config::Mode::fix     ? "fix"
                               : policy.mode == config::Mode::block ? "block"
                                                                    : "warn"},
                      {"push", policy.push == config::PushMode::block ? "block" : "warn"}};
  for (const Waiting& remote : waiting)
    report["waiting"].push_back({{"remote", remote.remote},
                                 {"commits", remote.commits},
                                 {"objects", remote.counted ? json(remote.objects) : json()},
                                 {"bytes", remote.counted ? json(remote.bytes) : json()}});
  report["log"] = last_log_lines(layout);
  report["rewrites"] = rewrites(layout);
  return report;
}

std::string guard_words(const std::string& by) {
  if (by.empty()) return "not guarded";
  if (by == "repository") return "guarded by the repository's stub";
  if (by == "all repositories") return "guarded by the hooks for all repositories";
  if (by == "configuration") return "guarded by git's configuration";
  return "guarded by " + by;
}

std::string text_report(const json& report) {
  const auto text_of = [](const json& value) { return value.is_string() ? value.get<std::string>() : std::string(); };
  std::string text = fmt::format("{:<11} {}\n", "repository", text_of(report["repository"]));
  std::string label = "hooks";
  for (const json& hook : report["hooks"]) {
    const std::string by = text_of(hook["guarded_by"]), problem = text_of(hook["problem"]),
                      name = text_of(hook["name"]);
    std::string words = guard_words(by);
    if (hook["runs_another_first"].get<bool>()) words += ", another hook runs first";
    if (!problem.empty()) words += "; " + problem;
    text += fmt::format("{:<11} {:<17} {}\n", label, name, words);
    label.clear();
  }
  const std::string owner = text_of(report["filters"]["owner"]), scope = text_of(report["filters"]["scope"]);
  text +=
      fmt::format("{:<11} {}\n", "filters",
                  owner == "none" ? "none: lfsguard install"
                                  : owner + " (" + scope + ")" +
                                        (report["filters"]["works"].get<bool>() ? "" : ", but the program is missing"));
  std::string profiles;
  for (const json& profile : report["policy"]["profiles"])
    profiles += (profiles.empty() ? "" : ", ") + text_of(profile);
  text += fmt::format("{:<11} threshold {} ({}), mode {}, push {}, profile {}\n", "policy",
                      format_byte_size(report["policy"]["threshold"].get<uint64_t>()),
                      text_of(report["policy"]["threshold_from"]), text_of(report["policy"]["mode"]),
                      text_of(report["policy"]["push"]), profiles);
  label = "waiting";
  for (const json& remote : report["waiting"]) {
    const std::string start =
        fmt::format("{:<11} {}: {} commits", label, text_of(remote["remote"]), remote["commits"].get<uint64_t>());
    text += remote["objects"].is_null()
                ? start + " to be pushed (LFS objects: lfsguard lfs push --dry-run)\n"
                : start + fmt::format(", {} LFS objects, {} to be pushed\n", remote["objects"].get<uint64_t>(),
                                      format_byte_size(remote["bytes"].get<uint64_t>()));
    label.clear();
  }
  label = "rewrites";
  for (const json& run : report["rewrites"]) {
    const auto counted = [](uint64_t count, const char* noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); };
    text += fmt::format("{:<11} {}: {}, {}, {} rewritten\n", label, text_of(run["run"]), counted(run["files"].get<uint64_t>(), "file"),
                        format_byte_size(run["bytes"].get<uint64_t>()), counted(run["commits"].get<uint64_t>(), "commit"));
    label.clear();
  }
  label = "log";
  for (const json& line : report["log"]) {
    text += fmt::format("{:<11} {}\n", label, report::printable(text_of(line)));
    label.clear();
  }
  return text;
}

Result<int> run(Context& context, const Arguments&) {
  const git::RepositoryLayout& layout = *TRY(context.repository());
  const config::LoadedPolicy loaded = TRY(context.policy());
  const auto states = TRY(hooks::hook_states(layout, loaded.git_config));
  const auto waiting = TRY(waiting_for_push(layout, loaded.git_config));
  const json report = gather(layout, loaded, states, hooks::filter_state(loaded.git_config), waiting);
  context.print(context.json() ? report.dump(2, ' ', false, json::error_handler_t::replace) + "\n"
                               : text_report(report));
  return 0;
}

}  // namespace

extern constinit const Command kStatusCommand{
    .name = "status",
    .summary = "what is guarded, by which hooks, what waits to be pushed",
    .formats = "text|json",
    .most = 0,
    .run = run,
};

}  // namespace lfsguard::cli
