// Reports for continuous integration: SARIF 2.1.0 and GitHub's workflow commands.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/version.h"
#include "report/scan_report.h"

namespace lfsguard::report {
namespace {

// In the order of config::Rule: a result's ruleIndex counts here.
struct RuleDoc {
  std::string_view name, summary, help;
};
constexpr std::array<RuleDoc, config::kRuleCount> kRuleDocs = {{
    {"oversize", "A file at or above the limit that is not in LFS",
     "Store it in LFS: `lfsguard track PATTERN` before it is committed, `lfsguard rewrite` after that."},
    {"raw-in-lfs", "A file that should be an LFS pointer and is stored in git itself",
     "A pattern of .gitattributes covers the file, but git stored its content. Stage it again with the LFS filter in place, or run `lfsguard rewrite` where it was committed."},
    {"binary", "A binary file outside LFS, on a host that refuses those",
     "The host takes binary files in LFS only. `lfsguard track PATTERN` covers them; `lfsguard rewrite` mends what was committed."},
    {"bad-pointer", "An LFS pointer that is not in canonical form",
     "Other LFS clients may not read it. Stage the file again; the filter writes the canonical form."},
    {"uncovered-pointer", "An LFS pointer at a path that no pattern covers",
     "A checkout shows the pointer's text instead of the content. `lfsguard track PATTERN` covers the path."},
    {"missing-object", "An LFS pointer whose object is nowhere to be found",
     "Fetch it with `lfsguard lfs fetch --all`, or push it from a clone that has it: `lfsguard lfs push --all REMOTE`."},
    {"lfs-oversize", "An LFS object over the host's limit for one object",
     "The host refuses LFS objects of this size. Split the file."},
    {"too-many-entries", "A directory with more entries than the host takes",
     "Spread the files over several directories."},
    {"push-too-big", "A push that is larger than the host takes",
     "Push in parts, or move large files to LFS."},
    {"attributes-ignored", "A line of .gitattributes that has no effect",
     "git does not act on the line, so the files it names are not covered. Mend it or remove it."},
}};

// The whole repository, as a directory below it.
constexpr std::string_view kRootUri = "./";

// A relative URI reference: every byte that is not unreserved or a slash in percent form.
std::string uri_path(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      uri += c;
    else
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

// Where a result is shown. One without a path of its own (a blob that a tag names, a push) stands at the root: GitHub refuses a whole report over a result
// that has no place.
std::string result_uri(std::string_view path) { return path.empty() || path == "/" ? std::string(kRootUri) : uri_path(path); }

void put_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  json.begin_object();
  json.key("text");
  json.string(text);
  json.end_object();
}

std::string sentence(const scanner::Finding& finding) {
  std::string text = finding.message;
  if (finding.commit) text += " First in commit " + finding.commit->hex().substr(0, 12) + ".";
  if (!finding.remedy.empty()) text += " Mend it: " + finding.remedy;
  return text;
}

// Workflow commands end at a newline, properties at a comma or colon: those are escaped as GitHub documents it.
std::string github_escape(std::string_view text, bool property) {
  std::string out;
  for (const char c : sound_utf8(text)) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string scan_sarif(const scanner::ScanResult& result, const ScanReportOptions& options) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("$schema");
  json.string("https://json.schemastore.org/sarif-2.1.0.json");
  json.key("version");
  json.string("2.1.0");
  json.key("runs");
  json.begin_array();
  json.begin_object();
  json.key("tool");
  json.begin_object();
  json.key("driver");
  json.begin_object();
  json.key("name");
  json.string("lfsguard");
  json.key("version");
  json.string(kVersion);
  json.key("rules");
  json.begin_array();
  for (const RuleDoc& doc : kRuleDocs) {
    json.begin_object();
    json.key("id");
    json.string(doc.name);
    put_text(json, "shortDescription", doc.summary);
    put_text(json, "fullDescription", doc.summary);
    put_text(json, "help", doc.help);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
  json.key("results");
  json.begin_array();
  for (size_t i = 0; i < std::min(options.top, result.findings.size()); ++i) {
    const scanner::Finding& finding = result.findings[i];
    json.begin_object();
    json.key("ruleId");
    json.string(config::name_of(finding.rule));
    json.key("ruleIndex");
    json.number(static_cast<uint64_t>(finding.rule));
    json.key("level");
    json.string(finding.severity == config::Severity::error ? "error" : "warning");
    put_text(json, "message", sentence(finding));
    json.key("locations");
    json.begin_array();
    json.begin_object();
    json.key("physicalLocation");
    json.begin_object();
    json.key("artifactLocation");
    json.begin_object();
    json.key("uri");
    json.string(result_uri(finding.path));
    json.key("uriBaseId");
    json.string("%SRCROOT%");
    json.end_object();
    json.end_object();
    json.end_object();
    json.end_array();
    json.key("partialFingerprints");
    json.begin_object();
    json.key("ruleBlobPath/v1");
    json.string(fmt::format("{}:{}:{}", config::name_of(finding.rule), finding.blob ? finding.blob->hex() : "-", uri_path(finding.path)));
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.key("columnKind");
  json.string("utf16CodeUnits");
  json.end_object();
  json.end_array();
  json.end_object();
  out += "\n";
  return out;
}

std::string scan_github(const scanner::ScanResult& result, const ScanReportOptions& options) {
  std::string out;
  for (size_t i = 0; i < std::min(options.top, result.findings.size()); ++i) {
    const scanner::Finding& finding = result.findings[i];
    out += finding.severity == config::Severity::error ? "::error " : "::warning ";
    if (!finding.path.empty()) out += "file=" + github_escape(finding.path, true) + ",";
    out += "title=" + github_escape(config::name_of(finding.rule), true) + "::" + github_escape(sentence(finding), false) + "\n";
  }
  return out;
}

}  // namespace lfsguard::report
