// Shell-like patterns as git matches them: `*`, `?`, `[...]`, `\x` and, between slashes, `**`.
//
// What git's manual says (gitignore, "PATTERN FORMAT") and what git does beyond it: a bracket expression is not folded
// by `fold_case` except in its ranges and [:upper:], an escaped letter is not folded either, an unfinished bracket
// matches nothing, and [:space:] is space, tab, newline and carriage return alone. Bytes are compared, never
// characters.
//
// The time is bounded by (length of the pattern) x (length of the text) for each `*`, never exponential: of all the
// ways to fill the stars only the last `*` of a path component and the last `**` are ever tried again.
#pragma once

#include <string_view>

namespace lfsguard::attributes {

struct WildmatchOptions {
  bool pathname = true;    // `*`, `?` and brackets do not match a slash, `**` may
  bool fold_case = false;  // ASCII letters only
};

// Neither may hold a NUL byte.
bool wildmatch(std::string_view pattern, std::string_view text, WildmatchOptions options);

inline constexpr bool is_glob_special(char c) { return c == '*' || c == '?' || c == '[' || c == '\\'; }

inline constexpr char fold_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Equal bytes, ASCII case folded when asked. Sizes must be equal for a match.
bool same_bytes(std::string_view a, std::string_view b, bool fold_case);

}  // namespace lfsguard::attributes
