#include "git/attributes/path_pattern.h"

#include <cstddef>

#include "git/attributes/wildmatch.h"

namespace lfsguard::attributes {
namespace {

size_t literal_length(std::string_view text) {
  size_t i = 0;
  while (i < text.size() && !is_glob_special(text[i])) ++i;
  return i;
}

}  // namespace

PathPattern PathPattern::parse(std::string_view raw) {
  PathPattern pattern;
  if (!raw.empty() && raw.front() == '!') {
    pattern.negative = true;
    raw.remove_prefix(1);
  }
  if (!raw.empty() && raw.back() == '/') {
    pattern.must_be_directory = true;
    raw.remove_suffix(1);
  }
  if (raw.find('/') == std::string_view::npos) {
    if (literal_length(raw) == raw.size()) {
      pattern.kind = Kind::literal_name;
    } else if (raw.front() == '*' && literal_length(raw.substr(1)) == raw.size() - 1) {
      pattern.kind = Kind::suffix;
      raw.remove_prefix(1);
    } else {
      pattern.kind = Kind::wild_name;
    }
    pattern.text = raw;
    pattern.literal_prefix = static_cast<uint32_t>(literal_length(raw));
    return pattern;
  }
  if (raw.front() == '/') raw.remove_prefix(1);
  pattern.text = raw;
  pattern.literal_prefix = static_cast<uint32_t>(literal_length(raw));
  pattern.kind = pattern.literal_prefix == raw.size() ? Kind::literal_path : Kind::wild_path;
  return pattern;
}

bool PathPattern::matches(std::string_view path, std::string_view name, MatchStyle style) const {
  const bool fold_case = style.fold_case;
  switch (kind) {
    case Kind::literal_name:
      return same_bytes(text, name, fold_case);
    case Kind::suffix:
      return text.size() <= name.size() && same_bytes(text, name.substr(name.size() - text.size()), fold_case);
    case Kind::wild_name:
      return wildmatch(text, name, {.pathname = false, .fold_case = fold_case});
    case Kind::literal_path:
      return same_bytes(text, path, fold_case);
    case Kind::wild_path: {
      if (literal_prefix > path.size()) return false;
      if (!same_bytes(text.substr(0, literal_prefix), path.substr(0, literal_prefix), fold_case)) return false;
      // With one byte of the prefix left a "**" behind it does not stand at the beginning, which newer gits mean.
      const bool stars_behind_letter =
          literal_prefix > 0 && text[literal_prefix - 1] != '/' && text.substr(literal_prefix, 2) == "**";
      const size_t skipped = stars_behind_letter && !style.literal_prefix_apart() ? literal_prefix - 1 : literal_prefix;
      return wildmatch(text.substr(skipped), path.substr(skipped), {.pathname = true, .fold_case = fold_case});
    }
  }
  return false;
}

}  // namespace lfsguard::attributes
