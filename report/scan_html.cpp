// A page for a browser: the summary, a bar for each finding by size, and the table. No script, nothing loaded from elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/byte_size.h"
#include "base/json_writer.h"
#include "report/scan_report.h"
#include "report/terminal.h"

namespace lfsguard::report {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : sound_utf8(printable(text))) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>lfsguard scan</title><style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem}.sum{display:flex;gap:2rem;flex-wrap:wrap;margin:1rem 0}.sum b{display:block;font-size:1.6rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
td.n{text-align:right;white-space:nowrap}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.bar{background:#eaeef2;height:.5rem;min-width:8rem;border-radius:2px}.bar i{display:block;height:100%;background:#cf222e;border-radius:2px}
.warning .bar i{background:#bf8700}.ok{color:#1a7f37}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th,td{border-color:#30363d}.bar{background:#21262d}}
</style></head><body>
)";

}  // namespace

std::string scan_html(const scanner::ScanResult& result, const ScanReportOptions& options) {
  std::string out(kHead);
  out += fmt::format("<h1>lfsguard scan ({})</h1>\n", scanner::name_of(result.source));
  out += fmt::format("<div class=\"sum\"><div><b>{}</b>errors</div><div><b>{}</b>warnings</div><div><b>{}</b>in findings</div><div><b>{}</b>objects scanned</div></div>\n",
                     result.errors(), result.warnings(), format_byte_size(result.bytes()), result.scanned.objects);
  if (result.findings.empty()) out += fmt::format("<p class=\"ok\">Nothing at or over {}.</p>\n", format_byte_size(result.threshold));
  const uint64_t largest = result.findings.empty() ? 1 : std::max<uint64_t>(1, result.findings.front().size);
  if (!result.findings.empty()) {
    out += "<table><thead><tr><th>Path</th><th>Size</th><th></th><th>Rule</th><th>First in</th><th>Refs</th><th>Mend it</th></tr></thead><tbody>\n";
    for (size_t i = 0; i < std::min(options.top, result.findings.size()); ++i) {
      const scanner::Finding& finding = result.findings[i];
      const auto& refs = result.refs_of(finding);
      std::string ref_text;
      for (size_t j = 0; j < std::min<size_t>(3, refs.size()); ++j) ref_text += (j ? ", " : "") + refs[j];
      if (refs.size() > 3) ref_text += fmt::format(" and {} more", refs.size() - 3);
      out += fmt::format(
          "<tr class=\"{}\"><td><code>{}</code></td><td class=\"n\">{}</td><td><div class=\"bar\"><i style=\"width:{:.1f}%\"></i></div></td>"
          "<td title=\"{}\">{}</td><td><code>{}</code> {}</td><td>{}</td><td><code>{}</code></td></tr>\n",
          finding.severity == config::Severity::error ? "error" : "warning", escaped(finding.path),
          finding.rule == config::Rule::too_many_entries ? std::to_string(finding.size) : format_byte_size(finding.size),
          100.0 * static_cast<double>(finding.size) / static_cast<double>(largest), escaped(finding.message), config::name_of(finding.rule),
          finding.commit ? finding.commit->hex().substr(0, 10) : "", escaped(finding.commit_subject), escaped(ref_text), escaped(finding.remedy));
    }
    out += "</tbody></table>\n";
  }
  for (const std::string& what : result.incomplete) out += "<p>Not looked at: " + escaped(what) + "</p>\n";
  if (!result.allowed.empty()) {
    out += "<h2>Allowed</h2><ul>\n";
    for (const scanner::Finding& finding : result.allowed)
      out += fmt::format("<li><code>{}</code> {}: {}</li>\n", escaped(finding.path), format_byte_size(finding.size), escaped(finding.reason));
    out += "</ul>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace lfsguard::report
