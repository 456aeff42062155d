// What the command line said, checked against the table: unknown flags, missing or forbidden values and counts are
// usage errors here.
//
// `--flag value`, `--flag=value`, `-f value`, `-fvalue`, clusters of switches (`-qv`), `--` ends the flags; flags and
// arguments may be mixed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace lfsguard::cli {

class Arguments {
 public:
  // Whether the flag was given, with or without a value. `name` as in the table: "--above".
  bool has(std::string_view name) const { return values_.contains(name); }
  // The last value given; empty string for a switch or an optional value left out; nullopt when the flag was not given.
  std::optional<std::string> value(std::string_view name) const;
  // Every value given, in order.
  std::vector<std::string> values(std::string_view name) const;
  // A byte size ("10MiB"), a whole number: nullopt when not given, a usage error that names the flag when it is none.
  Result<std::optional<uint64_t>> size(std::string_view name) const;
  Result<std::optional<uint64_t>> number(std::string_view name) const;

  const std::vector<std::string>& positional() const { return positional_; }
  // How many of positional() stood before "--" (all, when there was none).
  size_t before_dashes() const { return dashes_ ? *dashes_ : positional_.size(); }
  bool has_dashes() const { return dashes_.has_value(); }

  void add(std::string_view name, std::string value) { values_[std::string(name)].push_back(std::move(value)); }
  void add_positional(std::string value) { positional_.push_back(std::move(value)); }
  void mark_dashes() { dashes_ = positional_.size(); }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> positional_;
  std::optional<size_t> dashes_;
};

struct ParsedLine {
  const Command* command = nullptr;  // nullptr: no command was named
  std::string name;                  // "scan", "lfs push": as in help and messages
  Arguments arguments;               // the command's own flags and the global ones, by name
};

// `words` without the program's name; `program` is "lfsguard" (for messages). A nested command that was not named
// leaves its parent as command.
Result<ParsedLine> parse_line(const std::vector<std::string>& words, std::span<const Command* const> commands,
                              std::string_view program = "lfsguard");

// The entry of `names` nearest to a misspelt `word`, empty when none is near.
std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& names);

}  // namespace lfsguard::cli
