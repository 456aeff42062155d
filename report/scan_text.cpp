#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "base/byte_size.h"
#include "report/scan_report.h"
#include "report/terminal.h"
#include "scanner/remedy.h"

namespace lfsguard::report {
namespace {

using config::Rule;
using scanner::Finding;

constexpr size_t kRefsShown = 3;

std::string date_of(int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  if (!gmtime_r(&time, &utc)) return "?";
  return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

std::string short_ref(const std::string& name) {
  for (const std::string_view prefix : {"refs/heads/", "refs/tags/", "refs/remotes/", "refs/"})
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  return name;
}

std::string rule_words(const Finding& finding) {
  switch (finding.rule) {
    case Rule::oversize: return finding.severity == config::Severity::warning ? "large, not in LFS" : "not in LFS";
    case Rule::raw_in_lfs: return "tracked by LFS, but not a pointer";
    case Rule::binary: return "binary, not in LFS";
    case Rule::bad_pointer: return "not a canonical LFS pointer";
    case Rule::uncovered_pointer: return "LFS pointer that no pattern covers";
    case Rule::missing_object: return "LFS object is missing";
    case Rule::lfs_oversize: return "too large for the host's LFS";
    case Rule::too_many_entries: return "too many entries";
    case Rule::push_too_big: return "push is too big";
    case Rule::attributes_ignored: return "attributes without effect";
  }
  return {};
}

std::string first_line(const Finding& finding, bool color) {
  const bool counted = finding.rule == Rule::too_many_entries;
  const auto amount = [&](uint64_t value) { return counted ? std::to_string(value) : format_byte_size(value); };
  std::string line = finding.rule == Rule::push_too_big ? std::string("this push")
                     : finding.path.empty()               ? std::string("(no path)")
                                                          : printable(finding.path);
  if (color) line = fmt::format("\033[1;{}m{}\033[0m", finding.severity == config::Severity::error ? 31 : 33, line);
  if (finding.size > 0) line += "   " + amount(finding.size);
  if (finding.limit > 0 && finding.rule != Rule::raw_in_lfs && finding.rule != Rule::bad_pointer) {
    line += "   limit " + amount(finding.limit);
    if (!finding.limit_source.empty()) line += " (" + finding.limit_source + ")";
  }
  line += "   " + rule_words(finding);
  return line + "\n";
}

std::string second_line(const scanner::ScanResult& result, const Finding& finding) {
  std::string line;
  const auto& refs = result.refs_of(finding);
  if (finding.commit) {
    line = fmt::format("  first in {} \"{}\" ({})", finding.commit->hex().substr(0, 7), printable(finding.commit_subject), date_of(finding.commit_date));
  } else if (finding.rule == Rule::attributes_ignored || finding.rule == Rule::push_too_big) {
    return "  " + printable(finding.message) + "\n";
  }
  if (!refs.empty()) {
    line += line.empty() ? "  reached by " : ", reached by ";
    for (size_t i = 0; i < std::min(refs.size(), kRefsShown); ++i) line += (i ? ", " : "") + printable(short_ref(refs[i]));
    if (refs.size() > kRefsShown) line += fmt::format(" and {} more", refs.size() - kRefsShown);
  }
  return line.empty() ? line : line + "\n";
}

std::string plural(size_t count, const char* one, const char* many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

// What one `lfsguard rewrite` must be asked for, to mend all findings that it can mend.
class RewriteCommand {
 public:
  explicit RewriteCommand(const scanner::ScanResult& result) : result_(result) {}

  // False for findings that are mended otherwise.
  bool add(const Finding& finding) {
    constexpr std::string_view kRewrite = "lfsguard rewrite";
    std::string_view include = finding.remedy;
    if (!include.starts_with(kRewrite)) return false;
    include.remove_prefix(kRewrite.size());
    if (include.ends_with(result_.remedy_refs)) include.remove_suffix(result_.remedy_refs.size());
    if (!seen_.insert(include).second) return true;
    if (seen_.size() <= kIncludesShown) includes_ += include;
    by_flag_ |= finding.limit_source == "--above" || result_.source == scanner::Source::quarantine;
    if (finding.size >= result_.threshold)
      large_ = true;
    else if (finding.rule == Rule::raw_in_lfs)
      covered_ = true;
    else {
      small_includes_ += include;
      small_count_ += 1;
      smallest_ = std::min(smallest_, finding.size);
    }
    return true;
  }

  // A few paths are named each; many by what they have in common: their size, or that attributes cover them.
  std::vector<std::string> text() const {
    constexpr size_t kSmallNamed = 64;
    const auto command = [&](const std::string& flags) { return "lfsguard rewrite" + flags + result_.remedy_refs; };
    if (seen_.empty()) return {};
    if (seen_.size() <= kIncludesShown) return {command(includes_)};
    const bool by_smallest = small_count_ > kSmallNamed;
    const uint64_t above = by_smallest ? smallest_ : result_.threshold;
    std::string flags;
    if ((large_ && (by_flag_ || covered_)) || by_smallest) flags = fmt::format(" --above {}", above);
    if (covered_) flags += " --fixup";
    std::vector<std::string> commands;
    if (large_ || !flags.empty()) commands.push_back(command(flags));
    if (small_count_ > 0 && !by_smallest) commands.push_back(command(small_includes_));
    return commands;
  }

 private:
  static constexpr size_t kIncludesShown = 8;
  const scanner::ScanResult& result_;
  std::set<std::string_view> seen_;  // " --include GLOB"
  std::string includes_, small_includes_;
  bool large_ = false;    // something at or over the threshold
  bool covered_ = false;  // something smaller that attributes cover
  bool by_flag_ = false;  // the threshold is the command line's or a server's, which a rewrite does not know of itself
  size_t small_count_ = 0;
  uint64_t smallest_ = UINT64_MAX;
};

// One command for everything that `rewrite` mends, else each remedy once.
std::vector<std::string> remedies(const scanner::ScanResult& result, const std::string& run_from) {
  RewriteCommand rewrite(result);
  std::set<std::string_view> seen;
  std::vector<std::string> others;
  for (const Finding& finding : result.findings) {
    if (finding.remedy.empty() || rewrite.add(finding) || !seen.insert(finding.remedy).second) continue;
    const bool names_path = !finding.path.empty() && finding.rule != Rule::missing_object && finding.rule != Rule::push_too_big;
    others.push_back(names_path && !run_from.empty() ? "cd " + scanner::shell_word(run_from) + " && " + finding.remedy : finding.remedy);
  }
  std::vector<std::string> commands = rewrite.text();
  commands.insert(commands.end(), others.begin(), others.end());
  return commands;
}

std::string closing(const scanner::ScanResult& result, const std::string& run_from) {
  std::set<std::string_view> paths;
  for (const Finding& finding : result.findings)
    if (finding.blob || result.source == scanner::Source::worktree) paths.insert(finding.path);
  std::string where = "must not be pushed";
  switch (result.source) {
    case scanner::Source::history:
    case scanner::Source::range: where = "in history must not be pushed"; break;
    case scanner::Source::staged: where = "staged must not be committed"; break;
    case scanner::Source::worktree: where = "in the work tree must not be committed as they are"; break;
    case scanner::Source::push:
    case scanner::Source::quarantine: break;
  }
  if (result.errors() == 0) where = "worth a look";
  // Findings about something other than files are not counted with them.
  std::string line = paths.empty() ? fmt::format("{} {}.", plural(result.findings.size(), "finding", "findings"),
                                                 result.errors() == 0 ? "worth a look" : "that must be mended first")
                                   : fmt::format("{}, {} {}.", plural(paths.size(), "file", "files"), format_byte_size(result.bytes()), where);
  const auto commands = remedies(result, run_from);
  if (commands.size() == 1) return line + " Mend it: " + commands[0] + "\n";
  line += " Mend it:\n";
  for (const std::string& command : commands) line += "  " + command + "\n";
  return line;
}

}  // namespace

std::vector<std::string> incomplete_lines(const scanner::ScanResult& result) {
  constexpr size_t kNamed = 10;
  std::vector<std::string> lines;
  const size_t named = std::min(kNamed, result.incomplete.size());
  for (size_t i = 0; i < named; ++i) lines.push_back("warning: not looked at: " + printable(result.incomplete[i]));
  if (named < result.incomplete.size()) lines.push_back(fmt::format("warning: not looked at: {} more like these (--format json names all)", result.incomplete.size() - named));
  return lines;
}

std::string scan_text(const scanner::ScanResult& result, const ScanReportOptions& options) {
  std::string out;
  const size_t shown = std::min(options.top, result.findings.size());
  for (size_t i = 0; i < shown; ++i) out += first_line(result.findings[i], options.color) + second_line(result, result.findings[i]);
  if (shown < result.findings.size()) out += fmt::format("and {} more\n", result.findings.size() - shown);
  for (const Finding& finding : result.allowed)
    out += fmt::format("allowed: {}   {}   {}\n", printable(finding.path), format_byte_size(finding.size), printable(finding.reason));
  if (!result.incomplete.empty()) out += plural(result.incomplete.size(), "directory or attributes file is", "directories and attributes files are") + " not stored here and could not be looked at.\n";
  if (result.unreachable_blobs > 0) {
    out += fmt::format("{} of {} that no ref reaches: never pushed, and gone after 'git gc --prune=now' once no reflog holds them.\n",
                       plural(result.unreachable_blobs, "large blob", "large blobs"), format_byte_size(result.unreachable_bytes));
  }
  if (!result.findings.empty()) {
    out += closing(result, options.run_from);
  } else if (options.scanned_line) {
    out += fmt::format("{} scanned, nothing at or over {}.\n", plural(result.scanned.objects, "object", "objects"), format_byte_size(result.threshold));
  }
  return out;
}

}  // namespace lfsguard::report
