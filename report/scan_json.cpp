#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "report/scan_report.h"

namespace lfsguard::report {
namespace {

// Each group of refs is rendered once, however many findings share it.
std::vector<std::string> render_refs(const scanner::ScanResult& result) {
  std::vector<std::string> rendered;
  for (const auto& group : result.ref_groups) {
    std::string json = "[";
    for (const std::string& name : group) {
      if (json.size() > 1) json += ", ";
      json += json_string(name);
    }
    rendered.push_back(json + "]");
  }
  return rendered;
}

void write_finding(JsonWriter& json, const scanner::Finding& finding, const std::string& refs) {
  json.begin_object();
  json.key("rule");
  json.string(config::name_of(finding.rule));
  json.key("severity");
  json.string(finding.severity == config::Severity::error ? "error" : "warning");
  json.key("path");
  json.string(finding.path);
  if (!is_utf8(finding.path)) {
    json.key("path_base64");
    json.string(base64(finding.path));
  }
  json.key("blob");
  finding.blob ? json.string(finding.blob->hex()) : json.null();
  json.key("size");
  json.number(finding.size);
  json.key("limit");
  json.number(finding.limit);
  json.key("commit");
  finding.commit ? json.string(finding.commit->hex()) : json.null();
  json.key("refs");
  json.raw(refs);
  json.key("remedy");
  json.string(finding.remedy);
  json.key("message");
  json.string(finding.message);
  if (!finding.reason.empty()) {
    json.key("reason");
    json.string(finding.reason);
  }
  json.end_object();
}

}  // namespace

std::string scan_json(const scanner::ScanResult& result, const ScanReportOptions& options) {
  std::string out;
  const std::vector<std::string> refs = render_refs(result);
  JsonWriter json(out);
  json.begin_object();
  json.key("version");
  json.number(1);
  json.key("command");
  json.string("scan");
  json.key("source");
  json.string(scanner::name_of(result.source));
  json.key("threshold");
  json.number(result.threshold);
  json.key("scanned");
  json.begin_object();
  json.key("objects");
  json.number(result.scanned.objects);
  json.key("blobs");
  json.number(result.scanned.blobs);
  json.key("packs");
  json.number(result.scanned.packs);
  json.key("loose");
  json.number(result.scanned.loose);
  json.key("seconds");
  json.raw(fmt::format("{:.3f}", result.scanned.seconds));
  json.key("cached");
  json.boolean(result.scanned.cached);
  json.end_object();
  json.key("findings");
  json.begin_array();
  for (size_t i = 0; i < std::min(options.top, result.findings.size()); ++i)
    write_finding(json, result.findings[i], refs[result.findings[i].refs]);
  json.end_array();
  json.key("unreachable");
  json.begin_object();
  json.key("blobs");
  json.number(result.unreachable_blobs);
  json.key("bytes");
  json.number(result.unreachable_bytes);
  json.end_object();
  json.key("allowed");
  json.begin_array();
  for (const scanner::Finding& finding : result.allowed) write_finding(json, finding, refs[finding.refs]);
  json.end_array();
  if (!result.incomplete.empty()) {
    json.key("incomplete");
    json.begin_array();
    for (const std::string& what : result.incomplete) json.string(what);
    json.end_array();
  }
  json.key("summary");
  json.begin_object();
  json.key("errors");
  json.number(result.errors());
  json.key("warnings");
  json.number(result.warnings());
  json.key("bytes");
  json.number(result.bytes());
  json.end_object();
  json.end_object();
  out += "\n";
  return out;
}

}  // namespace lfsguard::report
