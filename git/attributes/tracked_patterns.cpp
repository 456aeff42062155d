#include "git/attributes/tracked_patterns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>

#include "git/attributes/attributes_editor.h"
#include "git/attributes/c_quoting.h"

namespace lfsguard::attributes {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

struct Word {
  std::string name;
  std::string value;  // "true" for a bare name, "false" for "-name", "" for "!name"
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, std::min(text.find_first_of(kBlanks), text.size()));
  text.remove_prefix(word.size());
  return word;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    const size_t equals = word.find('=');
    if (word.front() == '-')
      words.push_back({std::string(word.substr(1)), "false"});
    else if (word.front() == '!')
      words.push_back({std::string(word.substr(1)), ""});
    else if (equals != std::string_view::npos)
      words.push_back({std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))});
    else
      words.push_back({std::string(word), "true"});
  }
  return words;
}

using Macros = std::map<std::string, std::vector<Word>, std::less<>>;

std::vector<Word> expanded(const std::vector<Word>& words, const Macros& macros) {
  std::vector<Word> result;
  for (const Word& word : words) {
    if (const auto macro = macros.find(word.name); macro != macros.end()) {
      if (word.value == "true") result.insert(result.end(), macro->second.begin(), macro->second.end());
      if (word.value.empty())
        for (const Word& inner : macro->second) result.push_back({inner.name, ""});
    }
    result.push_back(word);
  }
  return result;
}

std::string_view directory_of(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

void add_patterns(const PatternFile& file, Macros& macros, std::vector<TrackedPattern>& patterns) {
  for (const FileLine& line : lines_of(file.bytes)) {
    std::string_view text = trimmed(line.text);
    if (text.empty() || text.front() == '#') continue;
    std::string pattern;
    const std::optional<Unquoted> quoted = c_unquote(text);
    if (quoted) {
      pattern = quoted->text;
      text.remove_prefix(quoted->consumed);
    } else {
      pattern = take_word(text);
    }
    const std::vector<Word> words = words_of(text);
    if (!quoted && pattern.starts_with("[attr]")) {
      if (file.has_macros) macros[pattern.substr(6)] = words;
      continue;
    }
    bool has_filter = false;
    TrackedPattern tracked{{}, file.name, false, false};
    for (const Word& word : expanded(words, macros)) {
      if (word.name == "filter") {
        has_filter = true;
        tracked.tracked = word.value == "lfs";
      } else if (word.name == "lockable" && word.value == "true") {
        tracked.lockable = true;
      }
    }
    if (!has_filter && !tracked.lockable) continue;
    tracked.pattern = join_path(directory_of(file.name), pattern);
    patterns.push_back(std::move(tracked));
  }
}

// The length of the UTF-8 sequence at the beginning, and its code point; nullopt when it is none.
std::optional<std::pair<size_t, uint32_t>> decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return std::pair<size_t, uint32_t>(1, first);
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return std::nullopt;
  uint32_t point = first & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kLowest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kLowest[size] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::nullopt;
  return std::pair(size, point);
}

template <typename... Arguments>
void append_format(std::string& text, const char* format, Arguments... arguments) {
  char buffer[32];
  const int size = std::snprintf(buffer, sizeof buffer, format, arguments...);
  text.append(buffer, static_cast<size_t>(size));
}

std::string json_string(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const auto decoded = decode(text);
    const size_t size = decoded ? decoded->first : 1;
    const char c = text.front();
    if (!decoded) {
      result += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (decoded->second < 0x20 || c == '<' || c == '>' || c == '&' || decoded->second == 0x2028 ||
               decoded->second == 0x2029) {
      append_format(result, "\\u%04x", decoded->second);
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return result + '"';
}

}  // namespace

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty() && parts.back() != "..")
      parts.pop_back();
    else if (!rooted)
      parts.push_back(part);
  }
  std::string result = rooted ? "/" : "";
  for (const std::string_view part : parts) {
    if (!result.empty() && result.back() != '/') result += '/';
    result += part;
  }
  return result.empty() ? "." : result;
}

std::string join_path(std::string_view directory, std::string_view path) {
  return clean_path(std::string(directory.empty() ? "." : directory) + '/' + std::string(path));
}

std::vector<TrackedPattern> tracked_patterns(const std::vector<PatternFile>& files) {
  // The files outside come last in the list, yet their macros hold in the others.
  Macros macros;
  std::vector<TrackedPattern> outside, inside;
  for (size_t i = files.size(); i-- > 0;) {
    if (!files[i].name.empty()) continue;
    std::vector<TrackedPattern> patterns;
    add_patterns(files[i], macros, patterns);
    outside.insert(outside.begin(), patterns.begin(), patterns.end());
  }
  for (const PatternFile& file : files)
    if (!file.name.empty()) add_patterns(file, macros, inside);
  inside.insert(inside.end(), outside.begin(), outside.end());
  return inside;
}

std::string tracked_patterns_text(const std::vector<TrackedPattern>& patterns, bool with_excluded) {
  if (patterns.empty()) return {};
  std::string text = "Listing tracked patterns\n";
  const auto line = [&](const TrackedPattern& each) {
    text += "    " + each.pattern + (each.lockable ? " [lockable] (" : " (") + each.source + ")\n";
  };
  for (const TrackedPattern& each : patterns)
    if (each.lockable || each.tracked) line(each);
  if (!with_excluded) return text;
  text += "Listing excluded patterns\n";
  for (const TrackedPattern& each : patterns)
    if (!each.lockable && !each.tracked) line(each);
  return text;
}

std::string tracked_patterns_json(const std::vector<TrackedPattern>& patterns) {
  if (patterns.empty()) return "{\n \"patterns\": []\n}\n";
  const auto word = [](bool value) { return value ? "true" : "false"; };
  std::string text = "{\n \"patterns\": [\n";
  for (size_t i = 0; i < patterns.size(); ++i) {
    const TrackedPattern& each = patterns[i];
    text += "  {\n   \"pattern\": " + json_string(each.pattern) + ",\n   \"source\": " + json_string(each.source);
    text += std::string(",\n   \"lockable\": ") + word(each.lockable) + ",\n   \"tracked\": " + word(each.tracked);
    text += i + 1 < patterns.size() ? "\n  },\n" : "\n  }\n";
  }
  return text + " ]\n}\n";
}

std::string go_quote(std::string_view text) {
  constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  std::string result = "\"";
  while (!text.empty()) {
    const auto decoded = decode(text);
    const size_t size = decoded ? decoded->first : 1;
    const char c = text.front();
    if (const size_t at = kBytes.find(c); at != std::string_view::npos)
      result += {'\\', kLetters[at]};
    else if (!decoded || decoded->second < 0x20 || decoded->second == 0x7f)
      append_format(result, "\\x%02x", static_cast<unsigned>(static_cast<uint8_t>(c)));
    else if (decoded->second >= 0x80 && (decoded->second <= 0xa0 || decoded->second == 0xad))
      append_format(result, "\\u%04x", decoded->second);
    else
      result += text.substr(0, size);
    text.remove_prefix(size);
  }
  return result + '"';
}

}  // namespace lfsguard::attributes
