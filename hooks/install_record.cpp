#include "hooks/install_record.h"

#include <unistd.h>

#include <algorithm>

#include "base/durable_file.h"
#include "git/process/git_command.h"

namespace lfsguard::hooks {

std::string escaped_line(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (c == '\\')
      result += "\\\\";
    else
      result += c;
  }
  return result;
}

std::string unescaped_line(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    ++i;
    result += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
  }
  return result;
}

Result<InstallRecord> InstallRecord::load(const std::string& folder) {
  InstallRecord record;
  record.folder_ = folder;
  const auto text = TRY(bytes_of_file(folder + "/record"));
  if (!text) return record;
  record.exists_ = true;
  for (const std::string_view line : git::split_lines(*text)) {
    const size_t first = std::min(line.find('\t'), line.size());
    const size_t second = std::min(line.find('\t', std::min(first + 1, line.size())), line.size());
    record.entries_.push_back(
        {std::string(line.substr(0, first)),
         unescaped_line(line.substr(std::min(first + 1, line.size()), second - std::min(first + 1, second))),
         unescaped_line(line.substr(std::min(second + 1, line.size())))});
  }
  return record;
}

Status InstallRecord::save() const {
  TRY(make_directories(folder_));
  std::string text;
  for (const Entry& entry : entries_)
    text += entry.word + "\t" + escaped_line(entry.first) + "\t" + escaped_line(entry.second) + "\n";
  return replace_file_durably(folder_ + "/record", text);
}

bool InstallRecord::has(std::string_view word, std::string_view first) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.word == word && entry.first == first; });
}

void InstallRecord::add(std::string_view word, std::string_view first, std::string_view second) {
  if (!has(word, first)) entries_.push_back({std::string(word), std::string(first), std::string(second)});
}

void InstallRecord::forget(std::string_view word, std::string_view first) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.word == word && entry.first == first; });
}

Status InstallRecord::set_config(Changes& changes, const std::string& file,
                                 const std::vector<std::pair<std::string, std::string>>& settings) {
  bool changing = false;
  for (const auto& [key, value] : settings) {
    const auto old_values = TRY(config_values(file, key));
    changing |= old_values.size() != 1 || old_values[0] != value;
    // What is said of a key's past is said once, the first time.
    if (old_values.empty()) {
      if (!has("had", key)) add("new", key);
    } else if (!has("new", key) && !has("had", key) && old_values.back() != value) {
      add("had", key, old_values.back());
    }
    if (has("new", key) || has("had", key)) {
      forget("value", key);
      add("value", key, value);
    }
  }
  // The record first: when the settings are made one by one and that is cut short, the next install must not take the first of them for the user's.
  if (changing && !changes.dry_run()) {
    const auto before = TRY(bytes_of_file(file)), left = TRY(bytes_of_file(folder_ + "/config.after"));
    TRY(make_directories(folder_));
    if (!left && !has("changing", file)) {
      if (before) TRY(replace_file_durably(folder_ + "/config.before", *before, 0600));
    } else if (left != before) {
      // Edited by somebody else since, or an install that did not end: the first state is not the one to come back to any more.
      ::unlink((folder_ + "/config.before").c_str());
      add("edited", file);
    }
    add("changing", file);
    TRY(save());
  }
  for (const auto& [key, value] : settings) TRY(changes.set_config(file, key, value));
  if (!changing || changes.dry_run()) return {};
  forget("changing", file);
  const auto after = TRY(bytes_of_file(file));
  return after ? replace_file_durably(folder_ + "/config.after", *after, 0600) : Status();
}

Status InstallRecord::restore_config(Changes& changes, const std::string& file, std::string_view keep_prefix) const {
  const auto left = TRY(bytes_of_file(folder_ + "/config.after"));
  const auto now = TRY(bytes_of_file(file));
  if (keep_prefix.empty() && left && now == left && !has("edited", file))
    return changes.restore_config(file, TRY(bytes_of_file(folder_ + "/config.before")));
  for (const Entry& entry : entries_) {
    if (entry.word != "value" || (!keep_prefix.empty() && entry.first.starts_with(keep_prefix))) continue;
    const auto values = TRY(config_values(file, entry.first));
    if (values.size() != 1 || values[0] != entry.second) continue;  // somebody else's by now
    const auto had = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
      return other.word == "had" && other.first == entry.first;
    });
    if (had != entries_.end()) {
      TRY(changes.set_config(file, entry.first, had->second));
    } else {
      TRY(changes.unset_config(file, entry.first));
    }
  }
  // A file that was not there before goes again when nobody else has put anything into it.
  if (changes.dry_run() || !keep_prefix.empty() || !left || has("edited", file)) return {};
  if (TRY(bytes_of_file(folder_ + "/config.before")) || TRY(bytes_of_file(file)) != std::string()) return {};
  return changes.remove(file);
}

}  // namespace lfsguard::hooks
