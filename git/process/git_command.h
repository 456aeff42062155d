// Questions put to git itself. Where git's semantics are the truth and a process's 2 ms do not matter, git answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/subprocess.h"

namespace lfsguard::git {

// A Command that runs `git <arguments>`, optionally in `directory`; stderr captured. GIT_OPTIONAL_LOCKS=0 is set so that asking never
// writes the user's index; replace refs and grafts are not heeded, for what is stored is what is pushed.
Command git_command(std::vector<std::string> arguments, const std::string& directory = {});

// Its standard output. An exit status other than 0 is an error: what = "git <verb> failed", causes = git's own words.
Result<std::string> git_output(const Command& command);

// As above, one trailing newline removed.
Result<std::string> git_line(const Command& command);

// Splits at NULs; a final NUL makes no empty last item. The views point into `text`.
std::vector<std::string_view> split_nul(std::string_view text);
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace lfsguard::git
