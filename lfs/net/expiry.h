// `expires_in` and `expires_at`, as batch answers and git-lfs-authenticate give them (docs/lfs.md, "Batch API").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lfsguard::lfs {

using WallTime = std::chrono::system_clock::time_point;

// RFC 3339: "2026-03-01T12:00:00Z", with a fraction or an offset. nullopt for anything else, and for year 1, which
// means "not set".
std::optional<WallTime> parse_rfc3339(std::string_view text);

// expires_in counts from `now` and goes before expires_at; 0 means it is not set.
std::optional<WallTime> expiry_of(int64_t expires_in, std::string_view expires_at, WallTime now);

// A Retry-After header: seconds or an HTTP date. At least 0.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, WallTime now);

}  // namespace lfsguard::lfs
