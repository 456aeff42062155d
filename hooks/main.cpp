// lfsguard-hook: what hook stubs call on every commit and push.
//
// Starts in the time of `git --version`: no libgit2, no libcurl, no libcrypto (tests/static/hook_libraries.test.sh reads its dynamic section). What
// those are needed for is done by `lfsguard hook NAME`, which this program starts with the same arguments and standard input.
#include <limits.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "base/file_descriptor.h"
#include "base/subprocess.h"
#include "base/version.h"
#include "hooks/hook.h"
#include "report/error_text.h"

namespace {

using namespace lfsguard;

// bin/lfsguard of the prefix whose libexec/lfsguard this is, or beside this program (a build folder).
std::string big_program() {
  char path[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0) return "lfsguard";
  std::string folder(path, static_cast<size_t>(length));
  folder.resize(folder.rfind('/'));
  for (const std::string& candidate : {folder + "/../../bin/lfsguard", folder + "/lfsguard"})
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  return "lfsguard";
}

Result<int> hand_over(const hooks::HookCall& call) {
  Command command;
  command.arguments = {big_program(), "hook", call.name};
  command.arguments.insert(command.arguments.end(), call.arguments.begin(), call.arguments.end());
  command.standard_output = Command::Stdout::inherit;
  command.standard_error = Command::Stderr::inherit;
  if (hooks::reads_input(call.name)) command.input = call.input;
  auto completed = run(command);
  if (!completed) return fail(std::move(completed).error().with_hint("run install.sh again: lfsguard is not where it was installed"));
  return completed->status;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || std::strcmp(argv[1], "--help") == 0) {
    std::fputs("usage: lfsguard-hook NAME [ARG...]\n", argc < 2 ? stderr : stdout);
    return argc < 2 ? 129 : 0;
  }
  if (std::strcmp(argv[1], "--version") == 0) {
    std::printf("lfsguard-hook %s\n", kVersion);
    return 0;
  }
  hooks::HookCall call{argv[1], {argv + 2, argv + argc}, {}};
  Result<int> status = 0;
  if (hooks::reads_input(call.name)) {
    if (auto input = read_all(0, "standard input")) {
      call.input = std::move(*input);
    } else {
      status = fail(std::move(input).error());
    }
  }
  const hooks::HookActions actions{
      [](const hooks::HookCall& hook, const auto&, const auto&, const auto&) { return hand_over(hook); },
      [](const hooks::HookCall& hook, const auto&, const auto&, const auto&) { return hand_over(hook); },
  };
  if (status) status = hooks::run_hook(call, actions);
  if (status) return *status;
  hooks::say_text(report::error_text(status.error(), false));
  return report::exit_code(status.error().kind);
}
