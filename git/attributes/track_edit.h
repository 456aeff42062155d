// What `track PATTERN...` and `untrack PATTERN...` do to the .gitattributes of the current directory, and what they
// say.
//
// Messages, names and the lines written are git-lfs 3.3.0's. Where that would hurt, this does not follow it: lines that
// are not concerned keep every byte (git-lfs drops empty lines and changes line endings), `--dry-run` changes nothing,
// and a pattern that git-lfs would write in a way that git cannot read (control characters, a leading '!' or '"') is
// quoted or escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "git/attributes/tracked_patterns.h"

namespace lfsguard::attributes {

struct TrackOptions {
  bool filename = false;         // --filename: the arguments are names, not patterns
  bool lockable = false;         // --lockable
  bool not_lockable = false;     // --not-lockable
  bool no_modify_attrs = false;  // --no-modify-attrs: only files are touched
};

struct TrackEdit {
  std::string bytes;  // of the file afterwards
  bool changed = false;
  std::vector<std::string> messages;  // `Tracking "*.bin"`, `"*.bin" already supported`, without newline
  struct Pattern {
    std::string argument;  // as git-lfs names it in messages
    std::string written;   // as it stands in the line
    bool is_new = false;   // its line was added, not replaced: its files are to be touched
  };
  std::vector<Pattern> patterns;  // those that were not there already, in order of the arguments
};

// `directory`: of the file to be changed, relative to the top, "" there. `known`: of all files (tracked_patterns).
// `line_ending_when_new`: "\r\n" where core.autoCRLF is true. Error kind unsupported for a pattern too long for git.
Result<TrackEdit> edit_to_track(std::string bytes, const std::vector<std::string>& arguments,
                                std::string_view directory, const std::vector<TrackedPattern>& known,
                                const TrackOptions& options, std::string_view line_ending_when_new = "\n");

struct UntrackEdit {
  std::string bytes;
  bool changed = false;
  std::vector<std::string> messages;  // `Untracking "*.bin"`
};

// Takes out the lines with `filter=lfs` whose pattern is one of the arguments.
UntrackEdit edit_to_untrack(std::string bytes, const std::vector<std::string>& arguments);

// Empty, or the message of git-lfs about a file (".git...", ".lfs...") that a tracked pattern matches and that is left
// alone then.
std::string forbidden_message(std::string_view pattern, std::string_view file);

// Why git will not find the files that the writer of this pattern may think of; empty when there is nothing to say.
std::string pattern_advice(std::string_view pattern);

}  // namespace lfsguard::attributes
