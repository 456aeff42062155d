#include "cli/arguments.h"

#include <algorithm>
#include <charconv>

#include "base/byte_size.h"

namespace lfsguard::cli {
namespace {

bool takes_value(const Option& option) { return !option.value.empty(); }
bool value_optional(const Option& option) { return option.value.starts_with('['); }

bool is_allowed(std::string_view allowed, std::string_view value) {
  while (!allowed.empty()) {
    const size_t bar = allowed.find('|');
    if (allowed.substr(0, bar) == value) return true;
    if (bar == std::string_view::npos) break;
    allowed.remove_prefix(bar + 1);
  }
  return false;
}

std::string listed(std::string_view allowed) {
  std::string text = "allowed: ";
  for (const char c : allowed) text += c == '|' ? std::string(", ") : std::string(1, c);
  return text;
}

// One pass over the words; `command_` changes as names are met.
class Parser {
 public:
  Parser(const std::vector<std::string>& words, std::span<const Command* const> commands, std::string_view program)
      : words_(words), commands_(commands), program_(program) {}

  Result<ParsedLine> parse() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (flags_over_ || word == "-" || !word.starts_with('-')) {
        TRY(take_argument(word));
      } else if (word == "--") {
        flags_over_ = true;
        parsed_.arguments.mark_dashes();
      } else if (word.starts_with("--")) {
        TRY(take_long(word));
      } else {
        TRY(take_letters(word));
      }
    }
    if (!parsed_.arguments.has("--help") && !parsed_.arguments.has("--version")) TRY(check_count());
    return std::move(parsed_);
  }

 private:
  Status take_argument(const std::string& word) {
    const auto nested = parsed_.command ? parsed_.command->commands : commands_;
    if (!nested.empty() && !flags_over_ && parsed_.arguments.positional().empty()) {
      for (const Command* command : nested) {
        if (command->name != word) continue;
        parsed_.command = command;
        parsed_.name += (parsed_.name.empty() ? "" : " ") + word;
        return {};
      }
      if (!parsed_.command || !parsed_.command->run) {
        std::vector<std::string_view> names;
        for (const Command* command : nested)
          if (!command->hidden) names.push_back(command->name);
        return usage("no such command", word, nearest_name(word, names));
      }
    }
    parsed_.arguments.add_positional(word);
    if (parsed_.command && parsed_.command->options_end_at_first_argument) flags_over_ = true;
    return {};
  }

  Status take_long(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = find([&](const Option& candidate) { return candidate.name == name; });
    if (!option) {
      std::vector<std::string_view> names;
      find([&](const Option& candidate) {
        names.push_back(candidate.name);
        return false;
      });
      return usage("unknown flag", name, nearest_name(name, names));
    }
    if (equals == std::string::npos) return take_value(*option, name);
    if (!takes_value(*option)) return usage("this flag takes no value", word, {});
    return add(*option, name, word.substr(equals + 1));
  }

  Status take_letters(const std::string& word) {
    for (size_t i = 1; i < word.size(); ++i) {
      const std::string shown = std::string("-") + word[i];
      const Option* option = find([&](const Option& candidate) { return candidate.letter == word[i]; });
      if (!option) return usage("unknown flag", shown, {});
      if (!takes_value(*option)) {
        TRY(add(*option, shown, ""));
      } else if (i + 1 < word.size()) {
        return add(*option, shown, word.substr(i + (word[i + 1] == '=' ? 2 : 1)));
      } else {
        return take_value(*option, shown);
      }
    }
    return {};
  }

  // The value is in the words that follow.
  Status take_value(const Option& option, const std::string& shown) {
    if (!takes_value(option)) return add(option, shown, "");
    const bool there = at_ < words_.size() && (words_[at_] == "-" || !words_[at_].starts_with('-'));
    if (value_optional(option)) return add(option, shown, there ? words_[at_++] : "");
    // A value that looks like a flag is taken as a flag left without its value, except where it can be nothing else (a
    // pattern "-x").
    if (at_ >= words_.size() || (!there && words_[at_].starts_with("--")))
      return usage("this flag needs a value", shown + " " + std::string(option.value), {});
    TRY(add(option, shown, words_[at_++]));
    if (option.times == Option::Times::list)
      while (at_ < words_.size() && !words_[at_].starts_with('-')) TRY(add(option, shown, words_[at_++]));
    return {};
  }

  Status add(const Option& option, const std::string& shown, std::string value) {
    if (!option.allowed.empty() && !is_allowed(option.allowed, value) && !(value.empty() && value_optional(option)))
      return fail(ErrorKind::usage, "this value is not allowed", shown + " " + value, listed(option.allowed));
    parsed_.arguments.add(option.name, std::move(value));
    return {};
  }

  // The command's own flags first, so that they may reuse a global name or letter.
  template <typename Predicate>
  const Option* find(Predicate predicate) const {
    if (parsed_.command)
      for (const Option& option : parsed_.command->options)
        if (predicate(option)) return &option;
    for (const Option& option : global_options())
      if (predicate(option)) return &option;
    return nullptr;
  }

  Status check_count() const {
    if (!parsed_.command) return {};
    const size_t count = parsed_.arguments.positional().size();
    if (count < parsed_.command->fewest)
      return usage("an argument is missing", std::string(parsed_.command->arguments), {});
    if (count > parsed_.command->most)
      return usage("one argument too many", parsed_.arguments.positional()[parsed_.command->most], {});
    if (const auto format = parsed_.arguments.value("--format"))
      if (!is_allowed(parsed_.command->formats, *format))
        return fail(ErrorKind::usage, "this value is not allowed", "--format " + *format,
                    listed(parsed_.command->formats));
    return {};
  }

  tl::unexpected<Error> usage(std::string what, std::string subject, std::string_view near) const {
    std::string hint = std::string(program_);
    if (!parsed_.name.empty()) hint += " " + parsed_.name;
    hint += " --help";
    if (!near.empty()) hint = "did you mean " + std::string(near) + "? " + hint + " lists them all";
    return fail(ErrorKind::usage, std::move(what), std::move(subject), std::move(hint));
  }

  const std::vector<std::string>& words_;
  std::span<const Command* const> commands_;
  std::string_view program_;
  size_t at_ = 0;
  bool flags_over_ = false;
  ParsedLine parsed_;
};

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& names) {
  std::string_view best;
  size_t best_distance = word.size() > 3 ? 3 : 2;  // one more than what counts as near
  for (const std::string_view name : names) {
    const size_t distance = edit_distance(word, name);
    if (distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<std::optional<uint64_t>> Arguments::size(std::string_view name) const {
  const auto text = value(name);
  if (!text) return std::optional<uint64_t>();
  const auto bytes = parse_byte_size(*text);
  if (!bytes) return fail(ErrorKind::usage, "this is no size", std::string(name) + " " + *text, bytes.error().hint);
  return std::optional<uint64_t>(*bytes);
}

Result<std::optional<uint64_t>> Arguments::number(std::string_view name) const {
  const auto text = value(name);
  if (!text) return std::optional<uint64_t>();
  uint64_t number = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (code != std::errc() || end != text->data() + text->size() || text->empty())
    return fail(ErrorKind::usage, "this is no whole number", std::string(name) + " " + *text, "write it like 20");
  return std::optional<uint64_t>(number);
}

Result<ParsedLine> parse_line(const std::vector<std::string>& words, std::span<const Command* const> commands,
                              std::string_view program) {
  return Parser(words, commands, program).parse();
}

}  // namespace lfsguard::cli
