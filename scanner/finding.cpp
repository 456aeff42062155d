#include "scanner/finding.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace lfsguard::scanner {

size_t ScanResult::errors() const {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(),
                                           [](const Finding& f) { return f.severity == config::Severity::error; }));
}

uint64_t ScanResult::bytes() const {
  std::set<ObjectId> seen;
  uint64_t total = 0;
  for (const Finding& finding : findings)
    if (finding.blob && seen.insert(*finding.blob).second) total += finding.size;
  return total;
}

void ScanResult::sort() {
  const auto before = [](const Finding& a, const Finding& b) {
    if (a.size != b.size) return a.size > b.size;
    // Rules by name: readers of the reports know no other order.
    return std::tuple(std::string_view(a.path), config::name_of(a.rule), a.blob) < std::tuple(std::string_view(b.path), config::name_of(b.rule), b.blob);
  };
  std::sort(findings.begin(), findings.end(), before);
  std::sort(allowed.begin(), allowed.end(), before);
}

}  // namespace lfsguard::scanner
