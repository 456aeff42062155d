// Ids of git objects: SHA-1, 20 bytes. Repositories with SHA-256 ids are refused at discovery (git/process/repository_layout.h).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lfsguard {

struct ObjectId {
  static constexpr size_t kSize = 20;
  std::array<uint8_t, kSize> bytes{};

  static ObjectId from_raw(const void* raw) {
    ObjectId id;
    std::memcpy(id.bytes.data(), raw, kSize);
    return id;
  }
  // Exactly 40 hex digits of either case, else nullopt.
  static std::optional<ObjectId> from_hex(std::string_view hex);
  std::string hex() const;
  bool is_zero() const { return *this == ObjectId{}; }
  std::string_view raw() const { return {reinterpret_cast<const char*>(bytes.data()), kSize}; }

  friend auto operator<=>(const ObjectId& a, const ObjectId& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kSize) <=> 0;
  }
  friend bool operator==(const ObjectId& a, const ObjectId& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kSize) == 0;
  }
  // Object ids are uniformly distributed already: eight of their bytes are a hash.
  size_t hash() const {
    uint64_t value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
};

// Lower-case hex of any bytes.
std::string to_hex(const void* data, size_t size);

}  // namespace lfsguard

template <>
struct std::hash<lfsguard::ObjectId> {
  size_t operator()(const lfsguard::ObjectId& id) const noexcept { return id.hash(); }
};
