#include "git/attributes/wildmatch.h"

#include <cstddef>
#include <cstring>

namespace lfsguard::attributes {
namespace {

constexpr bool is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(unsigned char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(unsigned char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_space(unsigned char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_print(unsigned char c) { return c >= 0x20 && c < 0x7f; }
constexpr bool is_punct(unsigned char c) { return c > 0x20 && c < 0x7f && !is_alpha(c) && !is_digit(c); }
constexpr bool is_hex(unsigned char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

enum class Membership { no, yes, malformed };

// Whether `c` is in the class called `name` ("alpha" of "[:alpha:]").
Membership in_named_class(std::string_view name, unsigned char c, bool fold_case) {
  const auto answer = [](bool inside) { return inside ? Membership::yes : Membership::no; };
  if (name == "alnum") return answer(is_alpha(c) || is_digit(c));
  if (name == "alpha") return answer(is_alpha(c));
  if (name == "blank") return answer(c == ' ' || c == '\t');
  if (name == "cntrl") return answer(c < 0x20 || c == 0x7f);
  if (name == "digit") return answer(is_digit(c));
  if (name == "graph") return answer(is_print(c) && !is_space(c));
  if (name == "lower") return answer(is_lower(c));
  if (name == "print") return answer(is_print(c));
  if (name == "punct") return answer(is_punct(c));
  if (name == "space") return answer(is_space(c));
  if (name == "upper") return answer(is_upper(c) || (fold_case && is_lower(c)));
  if (name == "xdigit") return answer(is_hex(c));
  return Membership::malformed;
}

// Reads the bracket expression whose '[' is at `at`, says whether `c` (folded already) is in it, and moves `at` behind
// the ']'.
Membership match_bracket(std::string_view pattern, size_t& at, unsigned char c, WildmatchOptions options) {
  const size_t end = pattern.size();
  const auto byte = [&](size_t i) { return i < end ? static_cast<unsigned char>(pattern[i]) : 0; };
  size_t p = at + 1;
  const bool negated = byte(p) == '!' || byte(p) == '^';
  if (negated) ++p;
  unsigned char previous = 0;
  bool found = false;
  // The first member is taken as it is, so that a ']' there is a member.
  do {
    unsigned char member = byte(p);
    if (member == 0) return Membership::malformed;
    if (member == '\\') {
      member = byte(++p);
      if (member == 0) return Membership::malformed;
      found |= c == member;
    } else if (member == '-' && previous != 0 && byte(p + 1) != 0 && byte(p + 1) != ']') {
      member = byte(++p);
      if (member == '\\') {
        member = byte(++p);
        if (member == 0) return Membership::malformed;
      }
      if (c >= previous && c <= member) found = true;
      if (options.fold_case && is_lower(c)) {
        const unsigned char upper = static_cast<unsigned char>(c - 'a' + 'A');
        if (upper >= previous && upper <= member) found = true;
      }
      member = 0;  // the end of a range cannot begin another
    } else if (member == '[' && byte(p + 1) == ':') {
      const size_t name = p + 2;
      size_t close = name;
      while (close < end && pattern[close] != ']') ++close;
      if (close == end) return Membership::malformed;
      if (close > name && pattern[close - 1] == ':') {
        switch (in_named_class(pattern.substr(name, close - 1 - name), c, options.fold_case)) {
          case Membership::yes:
            found = true;
            break;
          case Membership::no:
            break;
          case Membership::malformed:
            return Membership::malformed;
        }
        p = close;
        member = 0;
      } else {  // no ":]": an ordinary '['
        found |= c == '[';
      }
    } else {
      found |= c == member;
    }
    previous = member;
    ++p;
  } while (byte(p) != ']');
  at = p + 1;
  if (found == negated || (options.pathname && c == '/')) return Membership::no;
  return Membership::yes;
}

}  // namespace

bool same_bytes(std::string_view a, std::string_view b, bool fold_case) {
  if (a.size() != b.size()) return false;
  if (!fold_case) return std::memcmp(a.data(), b.data(), a.size()) == 0;
  for (size_t i = 0; i < a.size(); ++i)
    if (fold_ascii(a[i]) != fold_ascii(b[i])) return false;
  return true;
}

bool wildmatch(std::string_view pattern, std::string_view text, WildmatchOptions options) {
  constexpr size_t kNone = std::string_view::npos;
  const size_t pattern_end = pattern.size();
  const size_t text_end = text.size();
  size_t p = 0, t = 0;
  // Where to go on when what follows a star did not match: `*` inside a component, `**` (or any star without
  // `pathname`) across them.
  size_t narrow_p = kNone, narrow_t = 0;
  size_t wide_p = kNone, wide_t = 0;
  bool wide_to_slash = false;  // "**/": what it swallows must end with a slash

  for (;;) {
    bool matched = false;
    if (p == pattern_end) {
      if (t == text_end) return true;
    } else if (pattern[p] == '*') {
      const size_t first = p;
      while (p < pattern_end && pattern[p] == '*') ++p;
      const bool at_end = p == pattern_end;
      bool wide = !options.pathname;
      if (options.pathname && p - first >= 2 && (first == 0 || pattern[first - 1] == '/'))
        wide = at_end || pattern[p] == '/' || (pattern[p] == '\\' && p + 1 < pattern_end && pattern[p + 1] == '/');
      if (at_end && (wide || text.find('/', t) == kNone)) return true;
      if (at_end) {
        narrow_p = kNone;  // the rest of the text has a slash, and no `*` can reach over it
      } else if (wide) {
        wide_to_slash = options.pathname && pattern[p] == '/';
        if (wide_to_slash) ++p;  // "a/**/b" matches "a/b" as well: first try to swallow nothing
        wide_p = p;
        wide_t = t;
        narrow_p = kNone;
        matched = true;
      } else {
        narrow_p = p;
        narrow_t = t;
        matched = true;
      }
    } else {
      if (t == text_end) return false;  // every other way to fill the stars leaves even less text
      char c = text[t];
      char expected = pattern[p];
      if (options.fold_case) {
        c = fold_ascii(c);
        expected = fold_ascii(expected);
      }
      switch (expected) {
        case '?':
          matched = !(options.pathname && c == '/');
          ++p;
          break;
        case '[':
          switch (match_bracket(pattern, p, static_cast<unsigned char>(c), options)) {
            case Membership::yes:
              matched = true;
              break;
            case Membership::no:
              break;
            case Membership::malformed:
              return false;
          }
          break;
        case '\\':
          matched = p + 1 < pattern_end && pattern[p + 1] == c;
          p += 2;
          break;
        default:
          matched = expected == c;
          ++p;
          break;
      }
      if (matched) ++t;
    }
    if (matched) continue;

    if (narrow_p != kNone && narrow_t < text_end && text[narrow_t] != '/') {
      t = ++narrow_t;
      p = narrow_p;
      continue;
    }
    narrow_p = kNone;
    if (wide_p == kNone) return false;
    if (wide_to_slash) {
      const size_t slash = text.find('/', wide_t);
      if (slash == kNone) return false;
      wide_t = slash + 1;
    } else if (wide_t++ >= text_end) {
      return false;
    }
    t = wide_t;
    p = wide_p;
  }
}

}  // namespace lfsguard::attributes
