#include "lfs/store/oid.h"

#include "base/object_id.h"

namespace lfsguard::lfs {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::optional<Oid> Oid::from_hex(std::string_view hex) {
  if (hex.size() != 2 * kSize) return std::nullopt;
  Oid oid;
  for (size_t i = 0; i < kSize; ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    oid.bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return oid;
}

Oid Oid::from_raw(std::string_view raw32) {
  Oid oid;
  std::memcpy(oid.bytes.data(), raw32.data(), kSize);
  return oid;
}

const Oid& Oid::of_empty_content() {
  static const Oid oid = *from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  return oid;
}

std::string Oid::hex() const { return to_hex(bytes.data(), kSize); }

}  // namespace lfsguard::lfs
