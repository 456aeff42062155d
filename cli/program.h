// From argv to exit code.
#pragma once

namespace lfsguard::cli {

int run_program(int argc, char** argv);

}  // namespace lfsguard::cli
