#include "git/attributes/attributes_editor.h"

#include <algorithm>
#include <utility>

#include "git/attributes/pattern_writer.h"

namespace lfsguard::attributes {
namespace {

std::string_view trimmed(std::string_view line) {
  const size_t end = line.find_last_not_of(" \t\r");
  return end == std::string_view::npos ? std::string_view() : line.substr(0, end + 1);
}

}  // namespace

std::vector<FileLine> lines_of(std::string_view bytes) {
  std::vector<FileLine> lines;
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t newline = bytes.find('\n', begin);
    const size_t end = newline == std::string_view::npos ? bytes.size() : newline + 1;
    std::string_view text = bytes.substr(begin, (newline == std::string_view::npos ? end : newline) - begin);
    if (newline != std::string_view::npos && text.ends_with('\r')) text.remove_suffix(1);
    lines.push_back({text, begin, end});
    begin = end;
  }
  return lines;
}

std::string_view line_ending_of(std::string_view bytes) {
  size_t plain = 0, with_return = 0;
  for (size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
    ++(at > 0 && bytes[at - 1] == '\r' ? with_return : plain);
  if (plain + with_return == 0) return {};
  return with_return > plain ? "\r\n" : "\n";
}

AttributesEditor::AttributesEditor(std::string bytes, std::string_view line_ending_when_new)
    : bytes_(std::move(bytes)), line_ending_(line_ending_of(bytes_)) {
  if (line_ending_.empty()) line_ending_ = line_ending_when_new;
}

bool AttributesEditor::has_line(std::string_view line) const {
  const std::vector<FileLine> lines = lines_of(bytes_);
  return std::any_of(lines.begin(), lines.end(),
                     [&](const FileLine& each) { return trimmed(each.text) == trimmed(line); });
}

Result<bool> AttributesEditor::add_line(std::string_view line, Existing existing) {
  if (existing == Existing::keep && has_line(line)) return false;
  TRY(check_line_length(line, line_ending_));
  if (!bytes_.empty() && bytes_.back() != '\n') bytes_ += line_ending_;
  bytes_ += line;
  bytes_ += line_ending_;
  changed_ = true;
  return true;
}

size_t AttributesEditor::remove_lines(const std::function<bool(std::string_view line)>& unwanted) {
  std::string kept;
  size_t removed = 0;
  for (const FileLine& line : lines_of(bytes_)) {
    if (unwanted(line.text))
      ++removed;
    else
      kept.append(bytes_, line.begin, line.end - line.begin);
  }
  if (removed > 0) {
    bytes_ = std::move(kept);
    changed_ = true;
  }
  return removed;
}

Result<bool> AttributesEditor::replace_line(const std::function<bool(std::string_view line)>& wanted,
                                            std::string_view line) {
  for (const FileLine& each : lines_of(bytes_)) {
    if (!wanted(each.text)) continue;
    if (each.text == line) return true;
    TRY(check_line_length(line, line_ending_));
    const size_t begin = each.begin, size = each.text.size();
    bytes_.replace(begin, size, line);
    changed_ = true;
    return true;
  }
  return false;
}

}  // namespace lfsguard::attributes
