// The content of one attributes file (.gitattributes, info/attributes, core.attributesFile), parsed once and never
// changed.
//
// Lines are read as git reads them (gitattributes(5) and git's behaviour, which tests/fuzz/attributes_differential
// compares):
//   - empty lines, comments and lines of 2048 bytes or more are nothing, files of 100 MiB or more are empty;
//   - space, tab, CR separate; a pattern may be C-quoted;
//   - one invalid attribute name makes the whole line nothing; so does a negative pattern;
//   - `[attr]name ...` defines a macro. Whether it counts depends on where the file lies, which AttributeStack knows:
//   the same content
//     is the same object here whatever directory it is in, so it can be cached by blob id.
//   - a blob ends at its first NUL byte, a line of a file at its own; a byte order mark is skipped in files, not in
//   blobs.
// git 2.44 and later also drop lines that name an attribute starting with "builtin_"; here, as in 2.39, they count.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "git/attributes/path_pattern.h"
#include "git/attributes/rule_index.h"

namespace lfsguard::attributes {

enum class AttributeState : uint8_t {
  unspecified,  // "!name", or nothing said
  unset,        // "-name"
  set,          // "name"
  value,        // "name=value", the value may be empty
};

// Where the bytes were read. A symbolic link named .gitattributes in a tree or the index is read by git like a blob
// (its target path is the content), one in the work tree is not followed.
enum class ReadFrom { blob, file };

class AttributeFile {
 public:
  static constexpr size_t kLineLimit = 2048;        // this many bytes and more: ignored
  static constexpr size_t kFileLimit = 100u << 20;  // this many bytes and more: ignored

  struct Token {
    uint32_t name = 0;  // index into names()
    AttributeState state = AttributeState::unspecified;
    std::string_view value;
  };
  struct Rule {
    PathPattern pattern;
    std::string_view raw_pattern;  // unquoted, as it was written else
    uint32_t line = 0;             // counted from 1
    uint32_t first_token = 0;
    uint32_t token_count = 0;
  };
  struct Macro {
    uint32_t name = 0;  // index into names()
    uint32_t line = 0;
    uint32_t first_token = 0;
    uint32_t token_count = 0;
  };
  enum class Trouble { line_too_long, negative_pattern, invalid_attribute, matches_no_file, macro };
  // A line that does not do what its writer may have meant.
  struct Remark {
    uint32_t line = 0;
    Trouble trouble = Trouble::line_too_long;
    std::string_view pattern;  // or the macro's name; empty for lines that are too long
    bool names_filter = false;
  };

  static std::shared_ptr<const AttributeFile> parse(std::string_view bytes, ReadFrom from);
  // The macro that git has built in: binary = -diff -merge -text.
  static const std::shared_ptr<const AttributeFile>& builtin();

  AttributeFile(const AttributeFile&) = delete;
  AttributeFile& operator=(const AttributeFile&) = delete;

  const std::vector<std::string_view>& names() const { return names_; }
  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<Macro>& macros() const { return macros_; }
  const std::vector<Remark>& remarks() const { return remarks_; }
  const Token* tokens(uint32_t first) const { return tokens_.data() + first; }

  // A line or a macro names `filter` itself.
  bool names_filter() const { return names_filter_; }
  // Whether any line of it could have a say in `filter`, by itself or by a macro of this or another file. False is
  // certain, true is not where macros are in play; AttributeStack::can_change_filter knows those.
  bool can_set_filter() const { return !rules_.empty() || !macros_.empty(); }

  // What each line that names `filter` says about it, and the same lines indexed by what they match.
  struct FilterRule {
    uint32_t rule = 0;   // index into rules()
    uint32_t token = 0;  // the one that counts
  };
  const std::vector<FilterRule>& filter_rules() const { return filter_rules_; }
  const RuleIndex& filter_index() const { return filter_index_; }

 private:
  AttributeFile() = default;
  void parse_line(std::string_view line, uint32_t number);
  bool parse_tokens(std::string_view text);
  uint32_t name_index(std::string_view name);
  void index_filter_rules();

  std::string bytes_;                 // what the views point into
  std::deque<std::string> unquoted_;  // and the patterns that were C-quoted
  std::vector<std::string_view> names_;
  std::vector<Token> tokens_;
  std::vector<Rule> rules_;
  std::vector<Macro> macros_;
  std::vector<Remark> remarks_;
  std::vector<FilterRule> filter_rules_;
  RuleIndex filter_index_;
  bool names_filter_ = false;

  struct NameTable;
  NameTable* name_table_ = nullptr;  // while parsing
};

// Whether git takes it as the name of an attribute: letters, digits, '-', '.', '_', not starting with '-'.
bool is_attribute_name(std::string_view name);

}  // namespace lfsguard::attributes
