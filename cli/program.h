// From argv to exit code.
#pragma once

#include <string>

namespace lfsguard::cli {

int run_program(int argc, char** argv);

// Whether the program was started under git-lfs's name.
bool answers_as_git_lfs();
// What scripts look for in `git lfs version`, one line: the git-lfs version whose command line and messages are followed, then what it really is.
std::string git_lfs_version();

}  // namespace lfsguard::cli
