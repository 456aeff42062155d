#include "git/attributes/track_edit.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "git/attributes/attributes_editor.h"
#include "git/attributes/c_quoting.h"
#include "git/attributes/pattern_writer.h"

namespace lfsguard::attributes {
namespace {

constexpr std::string_view kSpaceClass = "[[:space:]]";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string without_current_directory(std::string_view pattern) {
  if (pattern.starts_with("./") || pattern.starts_with(".\\")) pattern.remove_prefix(2);
  return std::string(pattern);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// git-lfs takes a backslash for a directory separator everywhere.
std::string with_slashes(std::string_view pattern) {
  std::string result(pattern);
  std::replace(result.begin(), result.end(), '\\', '/');
  return result;
}

std::string with_globs_escaped(std::string_view name) {
  std::string result = with_slashes(name);
  for (const std::string_view special : {"*", "[", "]", "?"}) replace_all(result, special, "\\" + std::string(special));
  return result;
}

std::string encoded(std::string pattern) {
  if (has_control(pattern)) return c_quote(pattern);
  replace_all(pattern, " ", kSpaceClass);
  replace_all(pattern, "#", "\\#");
  if (pattern.starts_with('!') || pattern.starts_with('"')) pattern.insert(0, "\\");
  return pattern;
}

std::string decoded(std::string_view written) {
  std::string result(written);
  if (const auto unquoted = c_unquote(written); unquoted && unquoted->consumed == written.size())
    result = unquoted->text;
  replace_all(result, kSpaceClass, " ");
  replace_all(result, "\\#", "#");
  return result;
}

// The pattern of a line as it is written, quotes included.
std::string_view written_pattern(std::string_view line) {
  const size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  if (const auto unquoted = c_unquote(line)) return line.substr(0, unquoted->consumed);
  return line.substr(0, std::min(line.find_first_of(" \t\r"), line.size()));
}

bool is_known(const std::vector<TrackedPattern>& known, const std::string& whole_pattern, const TrackOptions& options) {
  return std::any_of(known.begin(), known.end(), [&](const TrackedPattern& each) {
    if (decoded(each.pattern) != whole_pattern) return false;
    if (options.lockable) return each.lockable;
    if (options.not_lockable) return !each.lockable;
    return each.tracked || each.lockable;
  });
}

}  // namespace

Result<TrackEdit> edit_to_track(std::string bytes, const std::vector<std::string>& arguments,
                                std::string_view directory, const std::vector<TrackedPattern>& known,
                                const TrackOptions& options, std::string_view line_ending_when_new) {
  TrackEdit edit;
  AttributesEditor editor(std::move(bytes), line_ending_when_new);
  for (const std::string& argument : arguments) {
    std::string pattern = without_current_directory(argument);
    pattern = options.filename ? with_globs_escaped(pattern) : with_slashes(pattern);
    const std::string written = encoded(pattern);
    // In messages git-lfs has a name's escapes with their spaces encoded, a pattern as it was given.
    const std::string named = options.filename ? written : without_current_directory(argument);
    if (!options.no_modify_attrs && is_known(known, join_path(directory, named), options)) {
      edit.messages.push_back(go_quote(named) + " already supported");
      continue;
    }
    if (std::any_of(edit.patterns.begin(), edit.patterns.end(),
                    [&](const auto& each) { return each.written == written; }))
      continue;

    TrackEdit::Pattern result{named, written, true};
    if (!options.no_modify_attrs) {
      const std::string line = lfs_line(written) + (options.lockable ? " lockable" : "");
      const auto same_pattern = [&](std::string_view each) {
        const std::string_view its = written_pattern(each);
        return !its.empty() && (its == written || decoded(its) == decoded(written));
      };
      result.is_new = !TRY(editor.replace_line(same_pattern, line));
      if (result.is_new) TRY(editor.add_line(line));
    }
    edit.messages.push_back("Tracking " + go_quote(decoded(written)));
    edit.patterns.push_back(std::move(result));
  }
  edit.changed = editor.changed();
  edit.bytes = editor.bytes();
  return edit;
}

UntrackEdit edit_to_untrack(std::string bytes, const std::vector<std::string>& arguments) {
  UntrackEdit edit;
  AttributesEditor editor(std::move(bytes));
  editor.remove_lines([&](std::string_view line) {
    if (line.find("filter=lfs") == std::string_view::npos) return false;
    const std::string written = without_current_directory(written_pattern(line));
    const bool named = std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
      const std::string pattern = without_current_directory(argument);
      return written == pattern || written == encoded(with_slashes(pattern));
    });
    if (named) edit.messages.push_back("Untracking " + go_quote(decoded(written_pattern(line))));
    return named;
  });
  edit.changed = editor.changed();
  edit.bytes = editor.bytes();
  return edit;
}

std::string forbidden_message(std::string_view pattern, std::string_view file) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  if (!name.starts_with(".git") && !name.starts_with(".lfs")) return {};
  const std::string path(file);
  return "Pattern '" + std::string(pattern) + "' matches forbidden file '" + path + "'. If you would like to track " +
         path + ", modify '.gitattributes' manually.";
}

std::string pattern_advice(std::string_view pattern) {
  if (pattern.ends_with('/'))
    return "a pattern that ends with a slash covers no file; what is in the directory: " + std::string(pattern) + "**";
  return {};
}

}  // namespace lfsguard::attributes
