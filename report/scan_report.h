// A scan's result as a person or a program reads it (docs/interface.md, "JSON", "What a person reads"; docs/scan.schema.json).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/finding.h"

namespace lfsguard::report {

struct ScanReportOptions {
  size_t top = SIZE_MAX;      // shows so many findings; the summary counts all
  bool color = false;
  bool scanned_line = true;   // text: the closing line that says how much was looked at
  std::string run_from;       // text: a folder to go to for commands that name paths; empty where the reader stands there
};

// What could not be looked at, for standard error: some of it named, how much more there is, and what brings it here.
std::vector<std::string> incomplete_lines(const scanner::ScanResult& result);

std::string scan_text(const scanner::ScanResult& result, const ScanReportOptions& options);
std::string scan_json(const scanner::ScanResult& result, const ScanReportOptions& options);
// SARIF 2.1.0.
std::string scan_sarif(const scanner::ScanResult& result, const ScanReportOptions& options);
// Workflow commands of GitHub Actions: ::error file=...::message
std::string scan_github(const scanner::ScanResult& result, const ScanReportOptions& options);
// One page without outer references.
std::string scan_html(const scanner::ScanResult& result, const ScanReportOptions& options);

}  // namespace lfsguard::report
