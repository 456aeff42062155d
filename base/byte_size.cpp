#include "base/byte_size.h"

#include <fmt/format.h>

#include <cmath>

namespace lfsguard {
namespace {

// Factor of a unit in lower case, 0 when there is no such unit. `k`, `m`, ... alone are git's binary ones.
uint64_t unit_factor(std::string_view unit) {
  if (unit.empty() || unit == "b" || unit == "byte" || unit == "bytes") return 1;
  static constexpr std::string_view kPrefixes = "kmgtp";
  const size_t power = kPrefixes.find(unit[0]);
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = unit.substr(1);
  uint64_t base = 0;
  if (rest.empty() || rest == "ib") base = 1024;
  if (rest == "b") base = 1000;
  uint64_t factor = base;
  for (size_t i = 0; i < power; ++i) factor *= base;
  return factor;
}

}  // namespace

Result<uint64_t> parse_byte_size(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorKind::config, "not a size", "\"" + std::string(text) + "\"",
                "write it like 10MiB, 500KB, 1.5GB or a number of bytes");
  };
  std::string_view rest = text;
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);

  size_t at = 0;
  uint64_t whole = 0;
  while (at < rest.size() && rest[at] >= '0' && rest[at] <= '9') {
    if (whole > (UINT64_MAX - 9) / 10) return bad();
    whole = whole * 10 + static_cast<uint64_t>(rest[at++] - '0');
  }
  if (at == 0) return bad();
  long double fraction = 0;
  if (at < rest.size() && rest[at] == '.') {
    const size_t first = ++at;
    long double scale = 0.1L;
    while (at < rest.size() && rest[at] >= '0' && rest[at] <= '9') {
      fraction += scale * (rest[at++] - '0');
      scale /= 10;
    }
    if (at == first) return bad();
  }
  if (at < rest.size() && rest[at] == ' ') ++at;
  std::string unit(rest.substr(at));
  for (char& c : unit)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const uint64_t factor = unit_factor(unit);
  if (factor == 0) return bad();
  if (whole != 0 && factor > UINT64_MAX / 2 / whole) return bad();
  return whole * factor + static_cast<uint64_t>(std::floor(fraction * static_cast<long double>(factor) + 1e-9L));
}

std::string format_byte_size(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit < 6) {
    value /= 1024;
    ++unit;
  }
  const double tenths = std::round(value * 10) / 10;
  if (tenths >= 1024 && unit < 6) return fmt::format("1 {}", kUnits[unit + 1]);
  if (tenths == std::floor(tenths)) return fmt::format("{:.0f} {}", tenths, kUnits[unit]);
  return fmt::format("{:.1f} {}", tenths, kUnits[unit]);
}

}  // namespace lfsguard
