// Writing patterns that git reads back as exactly what was meant.
//
// One path: a leading slash, `\` before the bytes that a pattern gives a meaning, a space as `[[:space:]]` (what
// git-lfs writes and every reader knows). Where that would also match a neighbour that is to stay plain ("a\tb" beside
// "a b"), and for tabs, newlines and other control characters, the pattern is C-quoted ("/new\nline"), which git reads
// but git-lfs before 3.0 does not.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lfsguard::attributes {

inline constexpr std::string_view kLfsAttributes = "filter=lfs diff=lfs merge=lfs -text";
// Keeps the lines that two branches append to the root's file from being a conflict.
inline constexpr std::string_view kMergeUnionLine = "/.gitattributes merge=union";

// Told a pattern with `[[:space:]]` in it, says whether that matches a path that must not be covered.
using MatchesPlainNeighbour = std::function<bool(std::string_view pattern)>;

// The pattern for one file; `path` is relative to the directory of the attributes file.
std::string exact_pattern(std::string_view path, const MatchesPlainNeighbour& matches_plain_neighbour = {});

// "*.safetensors" for ".safetensors": every file whose name ends so, in any directory below.
std::string extension_pattern(std::string_view extension);

// A pattern as a person would type it: C quotes, backslashes and `[[:space:]]` undone, wildcards left. For messages
// only.
std::string readable_pattern(std::string_view pattern);

// "PATTERN filter=lfs diff=lfs merge=lfs -text", without line ending.
std::string lfs_line(std::string_view pattern, std::string_view attributes = kLfsAttributes);

// Error kind unsupported for a line that git would ignore for its length (2048 bytes and more, the CR of a line ending
// counted).
Status check_line_length(std::string_view line, std::string_view line_ending);

}  // namespace lfsguard::attributes
