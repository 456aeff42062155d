#include "cli/consent.h"

#include <iostream>

#include "base/file_descriptor.h"
#include "report/terminal.h"

namespace lfsguard::cli {

Status ask_for_leave(const std::string& plan, const std::string& question) {
  if (!report::is_terminal(0) || !report::is_terminal(2))
    return fail(ErrorKind::conflict, "nothing was written: there is no terminal to ask on", "", "--dry-run shows the plan, --yes carries it out");
  TRY(write_all(2, plan + question, "standard error"));
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return {};
  return fail(ErrorKind::interrupted, "nothing was written", "");
}

}  // namespace lfsguard::cli
