// Changing the bytes of one .gitattributes: lines are added at the end or taken out, every other byte stays.
//
// The line ending is the one that most lines of the file have (LF for a new file). A last line without its ending gets
// one. A line that is there already is not added again, unless the caller knows that a later line overrides it.
//
// Lines are compared and removed as git-lfs compares them; what the change means is git/attributes/attribute_stack.h's
// to say, and coverage_edit.h does both for paths.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lfsguard::attributes {

class AttributesEditor {
 public:
  // `line_ending_when_new`: for files without a single line ending.
  explicit AttributesEditor(std::string bytes, std::string_view line_ending_when_new = "\n");

  enum class Existing { keep, add_again };
  // `line` without line ending. True when the bytes changed. Error kind unsupported where git would ignore the line for
  // its length.
  Result<bool> add_line(std::string_view line, Existing existing = Existing::keep);
  // Takes out every line (given without its ending) for which `unwanted` says so; returns how many.
  size_t remove_lines(const std::function<bool(std::string_view line)>& unwanted);
  // Replaces the first such line by `line`, its ending kept. False when there is none.
  Result<bool> replace_line(const std::function<bool(std::string_view line)>& wanted, std::string_view line);

  bool has_line(std::string_view line) const;
  const std::string& bytes() const { return bytes_; }
  std::string_view line_ending() const { return line_ending_; }
  bool changed() const { return changed_; }

 private:
  std::string bytes_;
  std::string line_ending_;
  bool changed_ = false;
};

// Lines of a file with their positions; `text` is without LF or CRLF.
struct FileLine {
  std::string_view text;
  size_t begin = 0;  // of the line
  size_t end = 0;    // behind its ending
};
std::vector<FileLine> lines_of(std::string_view bytes);

// "\r\n" when most line endings are CRLF, "\n" when not, empty when there is none.
std::string_view line_ending_of(std::string_view bytes);

}  // namespace lfsguard::attributes
