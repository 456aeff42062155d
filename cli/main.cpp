#include "cli/program.h"

int main(int argc, char** argv) { return lfsguard::cli::run_program(argc, argv); }
