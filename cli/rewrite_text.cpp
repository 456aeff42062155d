#include "cli/rewrite_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/byte_size.h"
#include "base/json_writer.h"
#include "report/terminal.h"

namespace lfsguard::cli {
namespace {

constexpr size_t kFilesShown = 40;

std::string counted(uint64_t count, const char* one, const char* many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

std::string files_text(const rewrite::RewriteReport& report, bool by_size) {
  std::vector<const rewrite::PlannedFile*> files;
  for (const rewrite::PlannedFile& file : report.files) files.push_back(&file);
  std::sort(files.begin(), files.end(), [](const auto* a, const auto* b) { return std::tie(b->bytes, a->path) < std::tie(a->bytes, b->path); });
  std::string text;
  for (size_t i = 0; i < std::min(kFilesShown, files.size()); ++i) {
    const rewrite::PlannedFile& file = *files[i];
    text += fmt::format("  {}   {}, {}", report::printable(file.path), counted(file.versions, "version", "versions"), format_byte_size(file.bytes));
    if (by_size && file.large_versions < file.versions)
      text += fmt::format(" ({} at or over the size, {}; {} smaller, {})", file.large_versions, format_byte_size(file.large_bytes),
                          file.versions - file.large_versions, format_byte_size(file.bytes - file.large_bytes));
    text += "\n";
  }
  if (files.size() > kFilesShown) text += fmt::format("  and {} more\n", files.size() - kFilesShown);
  return text;
}

std::string refs_text(const std::vector<rewrite::RefChange>& refs) {
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(8, refs.size()); ++i) text += (i ? ", " : "") + report::printable(refs[i].name);
  if (refs.size() > 8) text += fmt::format(" and {} more", refs.size() - 8);
  return text;
}

std::string left_text(const rewrite::RewriteReport& report) {
  std::string text;
  for (const std::string& warning : report.warnings) text += "warning: " + report::printable(warning) + "\n";
  for (const std::string& left : report.left_large) text += "stays large: " + report::printable(left) + "\n";
  return text;
}

// {"version": 1, "command": "rewrite", "KEY": with the value to come.
void begin_answer(JsonWriter& json, const char* key) {
  json.begin_object();
  json.key("version");
  json.number(1);
  json.key("command");
  json.string("rewrite");
  json.key(key);
}

void write_strings(JsonWriter& json, const std::vector<std::string>& strings) {
  json.begin_array();
  for (const std::string& string : strings) json.string(string);
  json.end_array();
}

}  // namespace

std::string plan_text(const rewrite::RewriteReport& report, const rewrite::RewriteOptions& options) {
  if (report.nothing_selected()) return left_text(report) + "Nothing to rewrite.\n";
  const bool back = options.direction == rewrite::Direction::to_files;
  std::string text = back ? "These pointers become files again:\n" : "These files become LFS pointers:\n";
  text += files_text(report, options.above.has_value());
  text += fmt::format("{} of {} in {}; {} of {} commits change, {}.\n", counted(report.blobs, "object", "objects"), format_byte_size(report.bytes),
                      counted(report.files.size(), "path", "paths"), report.commits_rewritten, report.commits_examined,
                      counted(report.tags_rewritten, "tag", "tags"));
  if (report.signatures_removed > 0)
    text += fmt::format("{} over what changes will be removed (--signatures keep|abort).\n", counted(report.signatures_removed, "signature", "signatures"));
  text += "Refs that move: " + refs_text(report.refs) + "\n";
  return text + left_text(report);
}

std::string result_text(const rewrite::RewriteReport& report, const rewrite::RewriteOptions& options) {
  if (report.nothing_selected()) return left_text(report) + "Nothing to rewrite.\n";
  std::string text = fmt::format("{} {} ({}) in {}: {} of {} commits, {}, {} rewritten in {:.1f} s.\n",
                                 options.direction == rewrite::Direction::to_files ? "Restored" : "Moved", counted(report.blobs, "object", "objects"),
                                 format_byte_size(report.bytes), counted(report.files.size(), "path", "paths"), report.commits_rewritten,
                                 report.commits_examined, counted(report.tags_rewritten, "tag", "tags"), counted(report.refs.size(), "ref", "refs"), report.seconds);
  if (report.signatures_removed > 0) text += fmt::format("{} removed: they no longer held.\n", counted(report.signatures_removed, "signature", "signatures"));
  text += fmt::format("Undo it: lfsguard rewrite --undo {}\nMaps of old and new ids: {}\n", report.run, report.maps);
  return text + left_text(report);
}

std::string collaborator_text(const rewrite::RewriteReport& report, const std::string& remote) {
  std::string steps;
  for (const rewrite::RefChange& ref : report.refs) {
    if (!ref.name.starts_with("refs/heads/")) continue;
    const std::string branch = ref.name.substr(11);
    steps += fmt::format("  git rebase --onto {}/{} {} {}\n", remote, report::printable(branch), ref.old_oid.hex(), report::printable(branch));
    if (std::count(steps.begin(), steps.end(), '\n') >= 10) {
      steps += "  and so on for each branch: the old tips are in the file \"refs\" of the run's maps\n";
      break;
    }
  }
  if (steps.empty()) return {};
  return fmt::format(
      "Everybody else with a clone, once this is pushed (own commits are kept, the old large files are not pushed again):\n"
      "  lfsguard install\n  git fetch --tags --force {}\n{}",
      remote, steps);
}

std::string undone_text(const rewrite::Undone& undone) { return fmt::format("Undone: {}, {} put back.\n", undone.run, counted(undone.refs, "ref", "refs")); }

std::string undone_json(const rewrite::Undone& undone) {
  std::string out;
  JsonWriter json(out);
  begin_answer(json, "undone");
  json.begin_object();
  json.key("run");
  json.string(undone.run);
  json.key("refs");
  json.number(undone.refs);
  json.key("kept");
  write_strings(json, undone.kept);
  json.end_object();
  json.end_object();
  return out + "\n";
}

std::string forgotten_text(const std::vector<std::string>& runs) {
  std::string text;
  for (const std::string& run : runs) text += "Forgot " + run + ".\n";
  return runs.empty() ? "No run to forget.\n" : text;
}

std::string forgotten_json(const std::vector<std::string>& runs) {
  std::string out;
  JsonWriter json(out);
  begin_answer(json, "forgotten");
  write_strings(json, runs);
  json.end_object();
  return out + "\n";
}

std::string runs_text(const std::vector<rewrite::RunSummary>& runs) {
  std::string text;
  for (const rewrite::RunSummary& run : runs) text += fmt::format("{}   {}   {}   {}\n", run.run, run.started, run.state, counted(run.refs, "ref", "refs"));
  return text;
}

std::string runs_json(const std::vector<rewrite::RunSummary>& runs) {
  std::string out;
  JsonWriter json(out);
  begin_answer(json, "runs");
  json.begin_array();
  for (const rewrite::RunSummary& run : runs) {
    json.begin_object();
    json.key("run");
    json.string(run.run);
    json.key("started");
    json.string(run.started);
    json.key("state");
    json.string(run.state);
    json.key("refs");
    json.number(run.refs);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

}  // namespace lfsguard::cli
