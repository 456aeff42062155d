#include "git/attributes/attribute_file.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>

#include "git/attributes/c_quoting.h"

namespace lfsguard::attributes {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kMacroPrefix = "[attr]";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view skip_blanks(std::string_view text) {
  const size_t at = text.find_first_not_of(kBlanks);
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

size_t word_length(std::string_view text) { return std::min(text.find_first_of(kBlanks), text.size()); }

std::string_view until_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

}  // namespace

struct AttributeFile::NameTable {
  std::unordered_map<std::string_view, uint32_t> indices;
};

bool is_attribute_name(std::string_view name) {
  if (name.empty() || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == '-' || c == '.' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  });
}

std::shared_ptr<const AttributeFile> AttributeFile::parse(std::string_view bytes, ReadFrom from) {
  struct Access : AttributeFile {};  // the constructor is private: files are shared from birth
  const auto file = std::make_shared<Access>();
  if (bytes.size() >= kFileLimit) return file;
  if (from == ReadFrom::blob) bytes = until_nul(bytes);
  file->bytes_.assign(bytes);

  NameTable table;
  file->name_table_ = &table;
  std::string_view rest = file->bytes_;
  if (from == ReadFrom::file && rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  for (uint32_t number = 1; !rest.empty(); ++number) {
    const size_t newline = rest.find('\n');
    std::string_view line = rest.substr(0, newline);
    rest = newline == std::string_view::npos ? std::string_view() : rest.substr(newline + 1);
    if (from == ReadFrom::file) {
      // A line's CR does not count for its length in a file; it does in a blob.
      if (newline != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
      line = until_nul(line);
    }
    file->parse_line(line, number);
  }
  file->name_table_ = nullptr;
  file->index_filter_rules();
  return file;
}

const std::shared_ptr<const AttributeFile>& AttributeFile::builtin() {
  static const std::shared_ptr<const AttributeFile> file = parse("[attr]binary -diff -merge -text\n", ReadFrom::file);
  return file;
}

uint32_t AttributeFile::name_index(std::string_view name) {
  const auto [at, added] = name_table_->indices.try_emplace(name, static_cast<uint32_t>(names_.size()));
  if (added) names_.push_back(name);
  return at->second;
}

// Adds the tokens of one line to tokens_; false when one of them is none.
bool AttributeFile::parse_tokens(std::string_view text) {
  while (!text.empty()) {
    const size_t length = word_length(text);
    std::string_view word = text.substr(0, length);
    text = skip_blanks(text.substr(length));

    Token token;
    const char sign = word.front();
    if (sign == '-' || sign == '!') {
      token.state = sign == '-' ? AttributeState::unset : AttributeState::unspecified;
      word.remove_prefix(1);
    }
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    if (!is_attribute_name(name)) return false;
    if (sign != '-' && sign != '!') {
      token.state = equals == std::string_view::npos ? AttributeState::set : AttributeState::value;
      if (equals != std::string_view::npos) token.value = word.substr(equals + 1);
    }
    token.name = name_index(name);
    tokens_.push_back(token);
  }
  return true;
}

void AttributeFile::parse_line(std::string_view line, uint32_t number) {
  std::string_view text = skip_blanks(line);
  if (text.empty() || text.front() == '#') return;
  if (line.size() >= kLineLimit) {
    remarks_.push_back({number, Trouble::line_too_long, {}, line.find("filter") != std::string_view::npos});
    return;
  }

  std::string_view pattern;
  std::string_view states;
  const std::optional<Unquoted> quoted = text.front() == '"' ? c_unquote(text) : std::nullopt;
  if (quoted) {
    pattern = unquoted_.emplace_back(until_nul(quoted->text));
    states = text.substr(quoted->consumed);
  } else {
    pattern = text.substr(0, word_length(text));
    states = text.substr(pattern.size());
  }

  const uint32_t first_token = static_cast<uint32_t>(tokens_.size());
  const bool is_macro = pattern.size() > kMacroPrefix.size() && pattern.starts_with(kMacroPrefix);
  std::string_view macro_name;
  if (is_macro) {
    macro_name = skip_blanks(pattern.substr(kMacroPrefix.size()));
    macro_name = macro_name.substr(0, word_length(macro_name));
  }
  if ((is_macro && !is_attribute_name(macro_name)) || !parse_tokens(skip_blanks(states))) {
    tokens_.resize(first_token);
    remarks_.push_back({number, Trouble::invalid_attribute, pattern, states.find("filter") != std::string_view::npos});
    return;
  }
  const bool names_filter = std::any_of(tokens_.begin() + first_token, tokens_.end(),
                                        [&](const Token& token) { return names_[token.name] == "filter"; });
  const uint32_t token_count = static_cast<uint32_t>(tokens_.size()) - first_token;
  if (is_macro) {
    macros_.push_back({name_index(macro_name), number, first_token, token_count});
    remarks_.push_back({number, Trouble::macro, macro_name, names_filter});
    return;
  }
  const PathPattern parsed = PathPattern::parse(pattern);
  if (parsed.negative) {
    tokens_.resize(first_token);
    remarks_.push_back({number, Trouble::negative_pattern, pattern, names_filter});
    return;
  }
  if (parsed.must_be_directory) {
    // Attributes are asked of files only, and no file is a directory.
    tokens_.resize(first_token);
    remarks_.push_back({number, Trouble::matches_no_file, pattern, names_filter});
    return;
  }
  if (token_count > 0) rules_.push_back({parsed, pattern, number, first_token, token_count});
}

void AttributeFile::index_filter_rules() {
  uint32_t filter = 0;
  while (filter < names_.size() && names_[filter] != "filter") ++filter;
  if (filter == names_.size()) return;
  std::vector<const PathPattern*> patterns;
  for (uint32_t rule = 0; rule < rules_.size(); ++rule) {
    for (uint32_t i = rules_[rule].token_count; i-- > 0;) {
      const uint32_t token = rules_[rule].first_token + i;
      if (tokens_[token].name != filter) continue;
      filter_rules_.push_back({rule, token});
      patterns.push_back(&rules_[rule].pattern);
      break;
    }
  }
  const auto names = [&](const Macro& macro) {
    return std::any_of(tokens(macro.first_token), tokens(macro.first_token) + macro.token_count,
                       [&](const Token& token) { return token.name == filter; });
  };
  names_filter_ = !filter_rules_.empty() || std::any_of(macros_.begin(), macros_.end(), names);
  filter_index_ = RuleIndex(std::move(patterns));
}

}  // namespace lfsguard::attributes
