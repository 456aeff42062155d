// An error as a person reads it, and the exit code that it means: the one place where either is decided.
#pragma once

#include <string>

#include "base/error.h"

namespace lfsguard::report {

// "lfsguard: <what>: <subject>\n", one indented line for each line of each cause, "hint: <hint>\n".
std::string error_text(const Error& error, bool color = false);

// 129 usage, 130 interrupted, 128 all others.
int exit_code(ErrorKind kind);

}  // namespace lfsguard::report
