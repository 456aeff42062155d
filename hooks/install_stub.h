// The small shell scripts that git runs as hooks. They hold the installed program's absolute path (graphical clients
// have another PATH), run a hook that was there before with the same arguments and input, and fail with one line where
// the program is missing.
//
// Three kinds:
//   repository  a file in a repository's hook folder. A hook that was there before lies in <folder>/NAME.d/NAME.
//   everywhere  in the folder that core.hooksPath names for all of a user's repositories (git before 2.54): runs the
//   repository's own hook. configured  what hook.<name>.command names (git 2.54 and later): git runs the repository's
//   own hooks itself, before and after.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lfsguard::hooks {

enum class StubKind { repository, everywhere, configured };

// The hooks that judge on a client, and on a server.
inline constexpr std::string_view kClientHooks[] = {"pre-commit", "pre-merge-commit", "pre-applypatch", "pre-push"};
inline constexpr std::string_view kServerHook = "pre-receive";
// Every hook that git looks for in core.hooksPath.
const std::vector<std::string_view>& all_hook_names();

bool judges(std::string_view hook_name);

// `hook_program`: absolute path of lfsguard-hook.
std::string stub_text(StubKind kind, std::string_view hook_name, std::string_view hook_program);

// Whether a file's bytes are a stub of ours, of any version; then the program's path that it holds.
struct StubFacts {
  std::string hook_program;
};
std::optional<StubFacts> stub_facts(std::string_view text);

// For a POSIX shell, in single quotes.
std::string shell_quoted(std::string_view text);

}  // namespace lfsguard::hooks
