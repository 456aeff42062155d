// wildmatch against a second matcher that tries everything: the same answer on any pattern and text.
//
// The input is a byte of options, the pattern, a NUL, the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "git/attributes/wildmatch.h"

using lfsguard::attributes::wildmatch;
using lfsguard::attributes::WildmatchOptions;

namespace {

// One element of a pattern that is not a star: its bytes, or empty when the rest of the pattern is malformed. Brackets
// are taken whole.
std::string_view element_at(std::string_view pattern) {
  if (pattern.front() == '\\') return pattern.substr(0, 2);
  if (pattern.front() != '[') return pattern.substr(0, 1);
  // A bracket expression ends where wildmatch, given it alone, matches or refuses every single byte: look for the
  // shortest such piece.
  size_t end = 1;
  if (end < pattern.size() && (pattern[end] == '!' || pattern[end] == '^')) ++end;
  bool first = true;
  while (end < pattern.size()) {
    if (pattern[end] == ']' && !first) return pattern.substr(0, end + 1);
    if (pattern[end] == '\\') {
      end += 2;
    } else if (pattern.substr(end, 2) == "[:") {
      const size_t close = pattern.find(']', end + 2);
      if (close == std::string_view::npos) return {};
      end = close > end + 2 && pattern[close - 1] == ':' ? close + 1 : end + 1;
    } else if (pattern[end] == '-' && !first && end + 1 < pattern.size() && pattern[end + 1] != ']') {
      return {};  // ranges need the state that this simple matcher does not keep: the input is skipped
    } else {
      ++end;
    }
    first = false;
  }
  return {};
}

struct Slow {
  std::string_view pattern, text;
  WildmatchOptions options;
  std::vector<signed char> memo;
  bool skipped = false;

  bool matches(size_t p, size_t t) {
    signed char& known = memo[p * (text.size() + 1) + t];
    if (known >= 0) return known != 0;
    const bool answer = compute(p, t);
    memo[p * (text.size() + 1) + t] = answer;
    return answer;
  }

  bool compute(size_t p, size_t t) {
    if (p == pattern.size()) return t == text.size();
    if (pattern[p] != '*') {
      const std::string_view element = element_at(pattern.substr(p));
      if (element.empty()) {
        skipped = true;
        return false;
      }
      return t < text.size() && wildmatch(element, text.substr(t, 1), options) && matches(p + element.size(), t + 1);
    }
    size_t after = p;
    while (after < pattern.size() && pattern[after] == '*') ++after;
    const bool ends = after == pattern.size();
    const bool before_slash = !ends && (pattern[after] == '/' || pattern.substr(after, 2) == "\\/");
    const bool wide =
        !options.pathname || (after - p >= 2 && (p == 0 || pattern[p - 1] == '/') && (ends || before_slash));
    if (wide && options.pathname && !ends && pattern[after] == '/' && matches(after + 1, t)) return true;
    for (size_t end = t;; ++end) {
      if (matches(after, end)) return true;
      if (end == text.size() || (!wide && text[end] == '/')) return false;
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2 || size > 300) return 0;
  const WildmatchOptions options{.pathname = (data[0] & 1) != 0, .fold_case = (data[0] & 2) != 0};
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t nul = rest.find('\0');
  if (nul == std::string_view::npos) return 0;
  const std::string pattern(rest.substr(0, nul));
  const std::string text(rest.substr(nul + 1, rest.find('\0', nul + 1) - nul - 1));

  const bool quick = wildmatch(pattern, text, options);
  Slow slow{pattern, text, options, std::vector<signed char>((pattern.size() + 1) * (text.size() + 1), -1)};
  const bool expected = slow.matches(0, 0);
  if (!slow.skipped && quick != expected) std::abort();
  return 0;
}
