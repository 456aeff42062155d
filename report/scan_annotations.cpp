// Reports for continuous integration: SARIF 2.1.0 and GitHub's workflow commands.
#include <fmt/format.h>

#include <algorithm>

#include "base/version.h"
#include "base/json_writer.h"
#include "report/scan_report.h"

namespace lfsguard::report {
namespace {

struct RuleDoc {
  std::string_view name, summary;
};
constexpr RuleDoc kRuleDocs[] = {
    {"oversize", "A file at or above the limit that is not in LFS"},
    {"raw-in-lfs", "A file that should be an LFS pointer and is stored in git itself"},
    {"binary", "A binary file outside LFS, on a host that refuses those"},
    {"bad-pointer", "An LFS pointer that is not in canonical form"},
    {"uncovered-pointer", "An LFS pointer at a path that no pattern covers"},
    {"missing-object", "An LFS pointer whose object is nowhere to be found"},
    {"lfs-oversize", "An LFS object over the host's limit for one object"},
    {"too-many-entries", "A directory with more entries than the host takes"},
    {"push-too-big", "A push that is larger than the host takes"},
    {"attributes-ignored", "A line of .gitattributes that has no effect"},
};

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

std::string sentence(const scanner::Finding& finding) {
  std::string text = finding.message;
  if (finding.commit) text += " First in commit " + finding.commit->hex().substr(0, 12) + ".";
  if (!finding.remedy.empty()) text += " Mend it: " + finding.remedy;
  return text;
}

// Workflow commands end at a newline, properties at a comma or colon: those are escaped as GitHub documents it.
std::string github_escape(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
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
    json.key("shortDescription");
    json.begin_object();
    json.key("text");
    json.string(doc.summary);
    json.end_object();
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
    json.key("message");
    json.begin_object();
    json.key("text");
    json.string(sentence(finding));
    json.end_object();
    if (!finding.path.empty()) {
      json.key("locations");
      json.begin_array();
      json.begin_object();
      json.key("physicalLocation");
      json.begin_object();
      json.key("artifactLocation");
      json.begin_object();
      json.key("uri");
      json.string(uri_path(finding.path));
      json.key("uriBaseId");
      json.string("%SRCROOT%");
      json.end_object();
      json.end_object();
      json.end_object();
      json.end_array();
    }
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
