#include "lfs/net/expiry.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace lfsguard::lfs {
namespace {

// Seconds since 1970. The clock counts nanoseconds in 64 bits, so up to 2255 there is room for sums and differences. Servers mean "for ever" beyond.
constexpr int64_t kFarOff = 9'000'000'000;

WallTime at_second(int64_t seconds) { return WallTime(std::chrono::seconds(std::clamp<int64_t>(seconds, 0, kFarOff))); }

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  const std::string copy(text);
  tm parts{};
  int length = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &length) != 6 ||
      length < 19)
    return std::nullopt;
  if (parts.tm_year <= 1) return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  std::string_view rest = text.substr(static_cast<size_t>(length));
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  int offset = 0;
  if (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':') {
    offset = std::atoi(std::string(rest.substr(1, 2)).c_str()) * 3600 +
             std::atoi(std::string(rest.substr(4, 2)).c_str()) * 60;
    if (rest[0] == '-') offset = -offset;
  } else if (rest != "Z" && rest != "z") {
    return std::nullopt;
  }
  return at_second(::timegm(&parts) - offset);
}

std::optional<WallTime> expiry_of(int64_t expires_in, std::string_view expires_at, WallTime now) {
  if (expires_in != 0) {
    const int64_t left = kFarOff - std::chrono::ceil<std::chrono::seconds>(now.time_since_epoch()).count();
    return now + std::chrono::seconds(std::clamp<int64_t>(expires_in, -kFarOff, left));
  }
  return parse_rfc3339(expires_at);
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, WallTime now) {
  if (text.empty()) return std::nullopt;
  const std::string copy(text);
  if (copy.find_first_not_of("0123456789") == std::string::npos && copy.size() < 10)
    return std::chrono::seconds(std::atoll(copy.c_str()));
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* end = ::strptime(copy.c_str(), format, &parts);
    if (!end || *end) continue;
    const WallTime at = at_second(::timegm(&parts));
    return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(at - now));
  }
  return std::nullopt;
}

}  // namespace lfsguard::lfs
