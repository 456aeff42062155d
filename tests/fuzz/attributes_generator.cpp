#include "tests/fuzz/attributes_generator.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "git/attributes/c_quoting.h"

namespace lfsguard::fuzz {
namespace {

constexpr std::string_view kNames[] = {"a",
                                       "b",
                                       "ab",
                                       "A",
                                       "foo",
                                       "Foo",
                                       "bar",
                                       "x.bin",
                                       "y.BIN",
                                       "z.tar.gz",
                                       "m.safetensors",
                                       "sp ace",
                                       "[x]",
                                       "a*",
                                       "#h",
                                       "!n",
                                       "back\\slash",
                                       "\xc3\xa9",
                                       "\xff\xfe",
                                       "nl\nq",
                                       "tab\tq",
                                       "dash-a",
                                       "a]b",
                                       "^",
                                       "\"q\"",
                                       "q\"",
                                       "a?b",
                                       "1",
                                       "0x",
                                       "_",
                                       "~",
                                       "a.b.c",
                                       ".hid",
                                       "x.",
                                       "\x01"
                                       "c",
                                       "cr\rx",
                                       "data",
                                       "Data",
                                       "models",
                                       "m-[0-9]",
                                       "{a,b}",
                                       "$",
                                       "-x"};
constexpr std::string_view kTokens[] = {
    "filter=lfs", "filter=lfs",   "filter=lfs", "filter=lfs",   "-filter",     "!filter", "filter",    "filter=",
    "filter=LFS", "filter=lfs=x", "filter=x",   "-filter=lfs",  "!filter=lfs", "text",    "-text",     "!text",
    "text=auto",  "diff",         "-diff",      "diff=lfs",     "merge",       "-merge",  "merge=lfs", "own",
    "-own",       "!own",         "own=v",      "own=\xc3\xa9", "own=a\"b",    "binary",  "-binary",   "!binary",
    "m1",         "m1",           "m2",         "m2",           "m3",          "-m1",     "!m1",       "m1=v",
    "-m2",        "!m3",          "Filter=lfs", "eol=lf",       "a.b-c_d"};
constexpr std::string_view kBadTokens[] = {"--x", "=v", "-", "!", "a/b", "f\xc3\xa9", "x*", "-!a", "\"a\""};
constexpr std::string_view kPieces[] = {"*",   "**",  "?",   "/",     "a",    "b", "foo", ".bin",  "\\",  "[",
                                        "]",   "**/", "/**", "/**/",  "*/",   "A", "x",   "!",     "#",   "\\*",
                                        "\\/", "\"",  "***", "[a-c]", "[!a]", ".", "\\ ", "x.bin", "\xff"};
constexpr std::string_view kMembers[] = {
    "a",       "b",   "f",    "x", "A",   "-",         "a-c",       "A-Z",       "0-9",       "!",         "^",
    "]",       "\\]", "\\\\", "[", "[:",  "[:alpha:]", "[:space:]", "[:upper:]", "[:digit:]", "[:punct:]", "[:nope:]",
    "[:alpha", ":",   ".",    "/", "\\a", "a-",        "-a",        "z-a",       "\\a-c",     "a-\\c",     "\xff"};

}  // namespace

std::string AttributesGenerator::component() {
  std::string name(pick(kNames));
  if (one_in(3)) name += pick(kNames);
  if (one_in(12)) name += std::string(".") + std::string(pick(kNames));
  return name;
}

std::string AttributesGenerator::path(unsigned depth) {
  std::string result;
  for (unsigned i = 0; i < depth; ++i) {
    // Half of the directories come from few names, so that files in directories meet paths.
    result += one_in(2) ? std::string(pick(std::vector<std::string_view>{"a", "b", "foo", "A"})) : component();
    result += '/';
  }
  return result + component();
}

std::string AttributesGenerator::bracket() {
  std::string result = "[";
  if (one_in(4)) result += one_in(2) ? '!' : '^';
  for (uint64_t i = 0, n = 1 + below(3); i < n; ++i) result += pick(kMembers);
  if (!one_in(15)) result += ']';
  return result;
}

std::string AttributesGenerator::mutated(std::string text) {
  for (uint64_t changes = below(4); changes > 0 && !text.empty(); --changes) {
    const size_t at = below(text.size());
    switch (below(11)) {
      case 0:
        text[at] = '?';
        break;
      case 1:
        text[at] = '*';
        break;
      case 2:
        text.replace(at, below(4), "*");
        break;
      case 3:
        text.insert(at, "\\");
        break;
      case 4:
        text.replace(at, 1, bracket());
        break;
      case 5:
        text.replace(at, below(6), "**");
        break;
      case 6:
        text.replace(at, 1, std::string("[") + text[at] + "]");
        break;
      case 7:
        text[at] = static_cast<char>(text[at] ^ (one_in(2) ? 0x20 : 0));
        break;
      case 9:
        text.replace(at, 1, one_in(2) ? "[A-Z]" : "[a-z]");
        break;
      case 10:
        text.replace(at, 1, one_in(2) ? "[[:upper:]]" : "[[:lower:]]");
        break;
      case 8:
        text.insert(at, pick(kPieces));
        break;
    }
  }
  return text;
}

std::string AttributesGenerator::pattern() {
  std::string result;
  switch (below(10)) {
    case 0:
    case 1:
    case 2:
      result = mutated(pick(paths_));
      break;
    case 3: {
      const std::string& whole = pick(paths_);
      result = mutated(whole.substr(whole.rfind('/') + 1));
      break;
    }
    case 4: {
      const std::string& whole = pick(paths_);
      const size_t dot = whole.rfind('.');
      result = "*" + (dot == std::string::npos ? whole.substr(whole.size() / 2) : whole.substr(dot));
      break;
    }
    case 5: {  // a directory of the path, and all or something below it
      const std::string& whole = pick(paths_);
      const size_t slash = whole.find('/', below(whole.size()));
      result = (slash == std::string::npos ? whole : whole.substr(0, slash)) +
               std::string(pick(std::vector<std::string_view>{"/**", "/*", "/", "**", "/**/*", "/**/*.bin"}));
      break;
    }
    case 6:
      result = std::string(pick(std::vector<std::string_view>{"*", "**", "*.*", "**/*", "/*"}));
      break;
    case 7: {
      const std::string& whole = pick(paths_);
      const size_t slash = whole.find('/');
      result = "**/" + mutated(slash == std::string::npos ? whole : whole.substr(slash + 1));
      break;
    }
    default:
      for (uint64_t i = 0, n = 1 + below(5); i < n; ++i) result += pick(kPieces);
  }
  if (one_in(8)) result.insert(0, "/");
  if (one_in(25)) result.insert(0, "!");
  return result;
}

std::string AttributesGenerator::quoted(const std::string& text) {
  std::string result = attributes::c_quote(text);
  if (one_in(12)) result.pop_back();
  if (one_in(12)) result.insert(below(result.size()), "\\");
  if (one_in(12)) result.insert(1, "\\141");
  if (one_in(30)) result.insert(1, "\\000");
  return result;
}

std::string AttributesGenerator::token() { return std::string(one_in(60) ? pick(kBadTokens) : pick(kTokens)); }

std::string AttributesGenerator::line(bool macros) {
  std::string result;
  if (one_in(15)) result += pick(std::vector<std::string_view>{" ", "\t", "\r", "  \t"});
  if (one_in(30)) return result + "# " + pattern() + " " + token();
  if (one_in(macros ? 6 : 25)) {
    result += one_in(20) ? "\"[attr]m1\""
                         : "[attr]" + std::string(pick(std::vector<std::string_view>{
                                          "m1", "m2", "m3", "m1", "m2", "binary", "filter", "-bad", "own"}));
  } else {
    const std::string text = pattern();
    result += one_in(4) || text.find_first_of(" \t\n") != std::string::npos ? quoted(text) : text;
  }
  for (uint64_t i = 0, n = one_in(20) ? 0 : 1 + below(4); i < n; ++i) {
    result += pick(std::vector<std::string_view>{" ", " ", " ", "\t", "  ", " \r"});
    result += token();
  }
  if (one_in(12)) {
    if (one_in(2)) result = "*" + result.substr(std::min(result.find_first_of(" \t"), result.size()));
    // Around the limit of a line's length.
    const size_t target = 2045 + below(5);
    if (result.size() + 6 < target) result += " own=" + std::string(target - result.size() - 5, 'v');
  }
  if (one_in(60)) result.insert(below(result.size() + 1), 1, '\0');
  return result;
}

std::string AttributesGenerator::file(bool macros) {
  std::string result;
  if (one_in(8)) result += "\xef\xbb\xbf";
  const bool crlf = one_in(5);
  const uint64_t lines = one_in(30) ? 100 : below(20);
  for (uint64_t i = 0; i < lines; ++i) {
    result += line(macros);
    result += crlf ? "\r\n" : "\n";
  }
  if (one_in(4) && !result.empty()) result.pop_back();
  return result;
}

GeneratedRepository AttributesGenerator::repository(size_t path_count) {
  GeneratedRepository repository;
  repository.ignore_case = one_in(3);
  paths_.clear();
  for (size_t i = 0; i < path_count; ++i) paths_.push_back(path(static_cast<unsigned>(below(4))));
  const bool macros = one_in(2);
  if (!one_in(8)) repository.files[""] = file(macros);
  for (uint64_t i = 0, n = below(12); i < n; ++i) {
    const std::string& whole = pick(paths_);
    const size_t slash = whole.find('/', below(whole.size()));
    if (slash != std::string::npos) repository.files[whole.substr(0, slash + 1)] = file(macros && one_in(2));
  }
  if (one_in(3)) repository.info = file(macros);
  if (one_in(3)) repository.global = file(macros);
  for (uint64_t i = 0, n = 1 + below(8); i < n; ++i) {
    const std::string text = pattern();
    if (text.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos || text.front() == '#' ||
        text.back() == ' ')
      continue;
    repository.ignore_patterns.push_back(text);
  }
  repository.paths = paths_;
  return repository;
}

}  // namespace lfsguard::fuzz
