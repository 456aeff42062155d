#include "lfs/store/pointer.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace lfsguard::lfs {
namespace {

constexpr std::string_view kVersion = "https://git-lfs.github.com/spec/v1";
constexpr std::string_view kVersions[] = {kVersion, "http://git-media.io/v/2", "https://hawser.github.com/spec/v1"};

bool is_version(std::string_view url) { return std::ranges::find(kVersions, url) != std::end(kVersions); }

// Unicode white space at the ends goes, as git-lfs trims it; a byte that is no valid UTF-8 is no white space.
constexpr std::string_view kWideSpaces[] = {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
                                            "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
                                            "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
  const auto wide_front = [&]() -> size_t {
    for (const std::string_view space : kWideSpaces)
      if (text.starts_with(space)) return space.size();
    return 0;
  };
  const auto wide_back = [&]() -> size_t {
    for (const std::string_view space : kWideSpaces)
      if (text.ends_with(space)) return space.size();
    return 0;
  };
  while (!text.empty()) {
    const size_t length = is_space(text.front()) ? 1 : wide_front();
    if (length == 0) break;
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    const size_t length = is_space(text.back()) ? 1 : wide_back();
    if (length == 0) break;
    text.remove_suffix(length);
  }
  return text;
}

// Takes one line off `rest`; "\n" and "\r\n" end it.
std::string_view next_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<Oid> parse_oid(std::string_view value) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!value.starts_with(kPrefix)) return std::nullopt;
  return Oid::from_hex(value.substr(kPrefix.size()));
}

// Signs and leading zeros pass; the value must be 0 to 2^63 - 1.
std::optional<uint64_t> parse_size(std::string_view value) {
  bool negative = false;
  if (value.starts_with('+') || value.starts_with('-')) {
    negative = value.front() == '-';
    value.remove_prefix(1);
  }
  if (value.empty()) return std::nullopt;
  uint64_t size = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return std::nullopt;
    if (size > static_cast<uint64_t>(INT64_MAX) / 10) return std::nullopt;
    size = size * 10 + static_cast<uint64_t>(c - '0');
    if (size > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  }
  if (negative && size != 0) return std::nullopt;
  return size;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// "ext-N-name", the name beginning with a letter, a digit or an underscore.
std::optional<PointerExtension> parse_extension(std::string_view key, std::string_view value) {
  if (!key.starts_with("ext-") || key.size() < 7 || key[4] < '0' || key[4] > '9' || key[5] != '-' || !is_word(key[6]))
    return std::nullopt;
  const std::optional<Oid> oid = parse_oid(value);
  if (!oid) return std::nullopt;
  return PointerExtension{static_cast<unsigned>(key[4] - '0'), std::string(key.substr(6)), *oid};
}

// A key again is the key once, the last value holding; two extensions of one priority cannot be ordered.
bool order_extensions(std::vector<PointerExtension>& extensions) {
  std::vector<PointerExtension> kept;
  for (PointerExtension& extension : extensions) {
    const auto same = std::ranges::find_if(kept, [&](const PointerExtension& other) {
      return other.priority == extension.priority && other.name == extension.name;
    });
    if (same != kept.end())
      same->oid = extension.oid;
    else
      kept.push_back(std::move(extension));
  }
  std::ranges::sort(kept, {}, &PointerExtension::priority);
  extensions = std::move(kept);
  return std::ranges::adjacent_find(extensions, {}, &PointerExtension::priority) == extensions.end();
}

std::optional<Pointer> read_lines(std::string_view text) {
  static constexpr std::string_view kKeys[] = {"version", "oid", "size"};
  Pointer pointer;
  std::string_view rest = trimmed(text);
  size_t expected = 0;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (line.empty()) continue;
    const size_t space = line.find(' ');
    if (space == std::string_view::npos || expected == std::size(kKeys)) return std::nullopt;
    const std::string_view key = line.substr(0, space);
    const std::string_view value = line.substr(space + 1);
    if (key != kKeys[expected]) {
      std::optional<PointerExtension> extension = parse_extension(key, value);
      if (!extension) return std::nullopt;
      pointer.extensions.push_back(std::move(*extension));
      continue;
    }
    if (expected == 0 && !is_version(value)) return std::nullopt;
    if (expected == 1) {
      const std::optional<Oid> oid = parse_oid(value);
      if (!oid) return std::nullopt;
      pointer.oid = *oid;
    }
    if (expected == 2) {
      const std::optional<uint64_t> size = parse_size(value);
      if (!size) return std::nullopt;
      pointer.size = *size;
    }
    ++expected;
  }
  if (expected != std::size(kKeys) || !order_extensions(pointer.extensions)) return std::nullopt;
  return pointer;
}

}  // namespace

ParsedPointer parse_pointer_text(std::string_view text) {
  if (text.empty()) return {PointerKind::canonical, Pointer{Oid::of_empty_content(), 0, {}}};
  std::optional<Pointer> pointer = read_lines(text);
  if (!pointer) return {};
  const bool canonical = format_pointer(*pointer) == text;
  return {canonical ? PointerKind::canonical : PointerKind::non_canonical, std::move(*pointer)};
}

ParsedPointer parse_pointer(std::string_view content) {
  if (content.size() >= kPointerSizeLimit) return {};
  return parse_pointer_text(content);
}

bool nearly_pointer(std::string_view content) {
  if (content.size() >= kPointerSizeLimit) return false;
  const PointerKind kind = classify_pointer(content);
  if (kind != PointerKind::not_a_pointer) return kind == PointerKind::non_canonical;
  while (!content.empty()) {
    const std::string_view line = trimmed(next_line(content));
    if (line.empty()) continue;
    constexpr std::string_view kKey = "version";
    return line.starts_with(kKey) && line.size() > kKey.size() && is_space(line[kKey.size()]) &&
           is_version(trimmed(line.substr(kKey.size())));
  }
  return false;
}

std::string format_pointer(const Pointer& pointer) {
  if (pointer.size == 0) return {};
  std::string text = "version ";
  text += kVersion;
  text += '\n';
  for (const PointerExtension& extension : pointer.extensions)
    text +=
        "ext-" + std::to_string(extension.priority) + "-" + extension.name + " sha256:" + extension.oid.hex() + "\n";
  text += "oid sha256:" + pointer.oid.hex() + "\nsize " + std::to_string(pointer.size) + "\n";
  return text;
}

}  // namespace lfsguard::lfs
