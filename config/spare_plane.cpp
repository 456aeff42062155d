#include "config/spare_plane.h"

#include <charconv>

namespace lfsguard::config {
namespace {

struct Character {
  uint32_t code;  // 0 where the bytes are not UTF-8
  size_t size;    // in bytes, 1 at least
};

// The character that starts at `at`. Overlong forms, surrogates and what lies behind U+10FFFF are not UTF-8.
Character character_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || size > text.size() - at) return {0, 1};
  uint32_t code = lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0, 1};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr uint32_t kLeast[] = {0x80, 0x800, 0x10000};
  if (code < kLeast[size - 2] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {0, 1};
  return {code, size};
}

// `code` is at least U+0080 and no surrogate.
void append_character(std::string& out, uint32_t code) {
  const auto continued = [&](uint32_t shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    continued(6);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    continued(12);
    continued(6);
  }
  continued(0);
}

// White space and line ends beyond ASCII, as toml++ knows them, and the byte order mark.
bool is_space(uint32_t code) {
  return code == 0x85 || code == 0xA0 || code == 0x1680 || code == 0x180E || (code >= 0x2000 && code <= 0x200B) ||
         code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x2060 || code == 0x3000 ||
         code == 0xFEFF;
}

// `text` with each character that `change` gives another code for replaced.
template <typename Change>
std::string changed(std::string_view text, const Change& change) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const uint32_t code = character.code < 0x80 ? character.code : change(character.code);
    if (code == character.code)
      out += text.substr(at, character.size);
    else
      append_character(out, code);
    at += character.size;
  }
  return out;
}

}  // namespace

std::optional<SparePlane> SparePlane::of(std::string_view text) {
  uint32_t used = 0;
  for (size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    used |= 1u << (character.code >> 16);
    // \U and eight digits; where that is no escape, a plane is kept free for nothing.
    if (text.substr(at, 2) == "\\U") {
      const std::string_view digits = text.substr(at + 2, 8);
      uint32_t code = 0;
      const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
      if (end == digits.data() + 8 && code <= 0x10FFFF) used |= 1u << (code >> 16);
    }
    at += character.size;
  }
  for (uint32_t plane = 16; plane > 0; --plane)
    if ((used & 1u << plane) == 0) return SparePlane(plane);
  return std::nullopt;
}

std::string SparePlane::moved(std::string_view text) const {
  return changed(text, [&](uint32_t code) { return code > 0xFFFF || is_space(code) ? code : plane_ << 16 | code; });
}

std::string SparePlane::restored(std::string_view text) const {
  return changed(text, [&](uint32_t code) { return code >> 16 == plane_ ? code & 0xFFFF : code; });
}

}  // namespace lfsguard::config
