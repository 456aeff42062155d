// What a finding means in one sentence, and the command that mends it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/finding.h"
#include "scanner/path_policy.h"

namespace lfsguard::scanner {

// Fills in message, remedy and limit_source.
void explain(Finding& finding, bool symlink, const PathPolicy& policy, Source source);

// A word as a POSIX shell needs it: as it is when harmless, else in single quotes ($'…' when it holds control characters or is not UTF-8).
std::string shell_word(std::string_view text);

// The command that takes away refs which name a blob themselves; with no name the one that lists them.
std::string drop_refs_command(const std::vector<std::string>& refs, const ObjectId& blob);

// A gitignore pattern that matches just this path: "/weights/model.bin".
std::string anchored_pattern(std::string_view path);

}  // namespace lfsguard::scanner
