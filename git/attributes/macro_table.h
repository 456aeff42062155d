// Which attributes have a say in one attribute, and how: the attribute itself and every macro that, expanded, could set
// it.
//
// Asking for one attribute, git works out all of them. The same answer comes from the few that can reach the one asked
// for: lines are reduced to the tokens about those ("reduced rules"), and for nearly every repository `filter` is
// reached by `filter` alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "git/attributes/attribute_file.h"

namespace lfsguard::attributes {

// A token about a relevant attribute.
struct ReducedToken {
  uint32_t attribute = 0;  // index into the relevant ones, 0 is the one asked for
  AttributeState state = AttributeState::unspecified;
  std::string_view value;
};

struct ReducedRule {
  uint32_t rule = 0;  // index into AttributeFile::rules()
  uint32_t first = 0;
  uint32_t count = 0;
};

// The lines of one file that matter, in the file's order.
struct ReducedFile {
  std::vector<ReducedRule> rules;
  std::vector<ReducedToken> tokens;
};

class MacroTable {
 public:
  // `files`: those whose macros count, highest precedence first.
  MacroTable(std::string_view attribute, const std::vector<const AttributeFile*>& files);

  // Only the attribute itself has a say.
  bool direct() const { return macros_.size() == 1; }
  ReducedFile reduce(const AttributeFile& file) const;
  // Whether a line of `file` is left by `reduce`.
  bool concerns(const AttributeFile& file) const;

  // The state of the relevant attributes while lines are gone through from the highest precedence down.
  class Evaluation {
   public:
    explicit Evaluation(const MacroTable& table);
    // Takes a matching line into account. The token that settled the attribute asked for, when this line did; stop
    // then.
    const ReducedToken* apply(const ReducedFile& file, const ReducedRule& rule);

   private:
    struct Frame {
      const ReducedToken* begin;
      const ReducedToken* end;
    };
    const MacroTable& table_;
    std::vector<bool> known_;
    std::vector<Frame> frames_;
  };

 private:
  std::optional<uint32_t> index_of(std::string_view name) const;
  std::vector<std::optional<uint32_t>> indices_of_names(const AttributeFile& file) const;

  std::unordered_map<std::string_view, uint32_t> indices_;  // by name, of the relevant attributes
  std::vector<std::vector<ReducedToken>> macros_;           // what each expands to; empty for those that are no macro
};

}  // namespace lfsguard::attributes
