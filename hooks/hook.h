// What git calls. Each hook is one file; this is the list of them and what they share.
//
// `lfsguard-hook` runs them with neither libgit2 nor libcurl nor a hash function in the process. What only `lfsguard` can do (make objects of
// staged files, send objects) goes through HookActions: the small program hands the whole hook over to the big one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/policy_sources.h"
#include "git/process/repository_layout.h"
#include "scanner/push_scan.h"
#include "scanner/staged_scan.h"

namespace lfsguard::hooks {

struct HookCall {
  std::string name;                    // "pre-commit"
  std::vector<std::string> arguments;  // as git gave them
  std::string input;                   // standard input, read to its end where the hook has one
};

// What is left to whoever runs the hook. Each returns the hook's exit code.
struct HookActions {
  // Pointers in place of staged files that must not stay as they are.
  std::function<Result<int>(const HookCall& call, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings,
                            const scanner::StagedScan& scan)>
      fix_staged;
  // LFS objects to the remote, before git sends its own.
  std::function<Result<int>(const HookCall& call, const git::RepositoryLayout& layout, const config::LoadedPolicy& settings,
                            const scanner::PushScan& scan)>
      upload;
};

// Names of hooks that run_hook knows, client's first.
const std::vector<std::string>& client_hooks();
const std::vector<std::string>& server_hooks();

// The hook's exit code: 0 lets git go on. An error is printed by the caller and stops git, too. LFSGUARD_SKIP=1 lets everything through, said on
// stderr and logged.
Result<int> run_hook(const HookCall& call, const HookActions& actions);

// Whether the hook reads standard input (then HookCall::input must hold it).
bool reads_input(const std::string& name);

// The hooks by themselves; `layout` is the repository that git called from.
Result<int> pre_commit(const HookCall& call, const git::RepositoryLayout& layout, const HookActions& actions);
// pre-merge-commit and pre-applypatch: these cannot mend (whatever they write to the index, the commit holds the raw blob), so they stop or warn.
Result<int> stop_staged(const HookCall& call, const git::RepositoryLayout& layout);
Result<int> pre_push(const HookCall& call, const git::RepositoryLayout& layout, const HookActions& actions);
// pre-receive, and update as its fallback (it runs after the quarantine is gone).
Result<int> pre_receive(const HookCall& call, const git::RepositoryLayout& layout);

// One line on stderr.
void say(const std::string& line);
// Text on stderr, as it is.
void say_text(const std::string& text);
// Appends "<time> <line>" to <common git dir>/lfsguard/log. What cannot be logged is said.
void log_line(const git::RepositoryLayout& layout, const std::string& line);

}  // namespace lfsguard::hooks
