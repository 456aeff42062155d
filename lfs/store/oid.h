// Ids of LFS objects: the SHA-256 of their content. Kept apart from git's ids (base/object_id.h), so that neither is
// taken for the other.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::lfs {

struct Oid {
  static constexpr size_t kSize = 32;
  std::array<uint8_t, kSize> bytes{};

  // Exactly 64 lower-case hex digits, else nullopt: other spellings name no object anywhere.
  static std::optional<Oid> from_hex(std::string_view hex);
  static Oid from_raw(std::string_view raw32);
  // The id of no bytes at all; such an object is never stored nor sent.
  static const Oid& of_empty_content();
  std::string hex() const;

  friend auto operator<=>(const Oid&, const Oid&) = default;
  size_t hash() const {
    size_t value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
};

}  // namespace lfsguard::lfs

template <>
struct std::hash<lfsguard::lfs::Oid> {
  size_t operator()(const lfsguard::lfs::Oid& oid) const noexcept { return oid.hash(); }
};
