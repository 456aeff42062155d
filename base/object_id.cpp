#include "base/object_id.h"

namespace lfsguard {
namespace {

// Value of each byte as a hex digit, 0xff where it is none.
constexpr std::array<uint8_t, 256> kHexValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(0xff);
  for (int i = 0; i < 10; ++i) values[static_cast<size_t>('0' + i)] = static_cast<uint8_t>(i);
  for (int i = 0; i < 6; ++i) values[static_cast<size_t>('a' + i)] = values[static_cast<size_t>('A' + i)] = static_cast<uint8_t>(10 + i);
  return values;
}();

}  // namespace

std::string to_hex(const void* data, size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(size * 2, '0');
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < size; ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return text;
}

std::optional<ObjectId> ObjectId::from_hex(std::string_view hex) {
  if (hex.size() != 2 * kSize) return std::nullopt;
  ObjectId id;
  unsigned bad = 0;
  for (size_t i = 0; i < kSize; ++i) {
    const unsigned high = kHexValues[static_cast<uint8_t>(hex[2 * i])], low = kHexValues[static_cast<uint8_t>(hex[2 * i + 1])];
    bad |= high | low;
    id.bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  if (bad & 0xf0) return std::nullopt;
  return id;
}

std::string ObjectId::hex() const { return to_hex(bytes.data(), kSize); }

}  // namespace lfsguard
