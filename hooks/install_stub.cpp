#include "hooks/install_stub.h"

#include <algorithm>

namespace lfsguard::hooks {
namespace {

// The second line of every stub; uninstall and status know ours by it.
constexpr std::string_view kMark = "# lfsguard hook stub, version 1; `lfsguard uninstall` takes it out.";
constexpr std::string_view kProgramLine = "hook_program=";

std::string head(std::string_view hook_name, std::string_view hook_program) {
  return "#!/bin/sh\n" + std::string(kMark) + "\n" + "hook=" + std::string(hook_name) + "\n" +
         std::string(kProgramLine) + shell_quoted(hook_program) + "\n";
}

// LFSGUARD_SKIP=1, said and logged; then `leave`. Never on a server: a push by path brings the pusher's environment
// along.
std::string skip_part(std::string_view leave) {
  return "if [ \"${LFSGUARD_SKIP:-}\" = 1 ]; then\n"
         "  echo \"lfsguard: $hook was skipped (LFSGUARD_SKIP=1)\" >&2\n"
         "  log=$(git rev-parse --git-common-dir)/lfsguard\n"
         "  mkdir -p \"$log\" && echo \"$(date -u +%Y-%m-%dT%H:%M:%SZ) $hook skipped (LFSGUARD_SKIP=1)\" >> "
         "\"$log/log\"\n"
         "  " +
         std::string(leave) +
         "\n"
         "fi\n";
}

constexpr std::string_view kMissingPart =
    "if [ ! -x \"$hook_program\" ]; then\n"
    "  echo \"lfsguard: $hook_program is missing; install lfsguard again, or take this hook out: rm '$0'\" >&2\n"
    "  exit 1\n"
    "fi\n";
constexpr std::string_view kProgramPart = "exec \"$hook_program\" \"$hook\" \"$@\"\n";

// Where an outer stub judges this very command, it said so in the environment; then `leave`.
std::string already_part(std::string_view leave) {
  return "if [ -n \"${LFSGUARD_JUDGED:-}\" ] && [ \"$LFSGUARD_JUDGED\" = \"$hook:$(git rev-parse --absolute-git-dir)\" "
         "]; then\n"
         "  " +
         std::string(leave) +
         "\n"
         "fi\n";
}

// The whole input in $input, its last line ends kept.
constexpr std::string_view kReadInput =
    "  input=$(cat; echo x)\n"
    "  input=${input%x}\n";

std::string judging_end() { return skip_part("exit 0") + std::string(kMissingPart) + std::string(kProgramPart); }

// git-lfs's own hook comes after this one: what is uploaded by then it need not send; and without git-lfs nothing is
// left for it to do.
std::string pre_push_stub() {
  return "if [ -x \"$kept\" ]; then\n" + std::string(kReadInput) +
         "  if grep -q 'git lfs pre-push' \"$kept\"; then\n"
         "    after=$kept\n"
         "  else\n"
         "    printf %s \"$input\" | \"$kept\" \"$@\" || exit\n"
         "  fi\n"
         "  run() { printf %s \"$input\" | \"$@\"; }\n"
         "else\n"
         "  run() { exec \"$@\"; }\n"
         "fi\n"
         "finish() {\n"
         "  if [ -n \"${after:-}\" ] && command -v git-lfs >/dev/null; then printf %s \"$input\" | \"$after\" \"$@\" "
         "|| exit; fi\n"
         "  exit 0\n"
         "}\n" +
         already_part("finish \"$@\"") + skip_part("finish \"$@\"") + std::string(kMissingPart) +
         "run \"$hook_program\" \"$hook\" \"$@\" || exit\n"
         "finish \"$@\"\n";
}

std::string pre_receive_stub() {
  return "if [ -x \"$kept\" ]; then\n" + std::string(kReadInput) +
         "  printf %s \"$input\" | \"$kept\" \"$@\" || exit\n"
         "fi\n"
         "if [ ! -x \"$hook_program\" ]; then\n"
         "  echo \"lfsguard: $hook_program is missing on the server; its administrator must install lfsguard again\" "
         ">&2\n"
         "  exit 1\n"
         "fi\n"
         "if [ -x \"$kept\" ]; then\n"
         "  printf %s \"$input\" | \"$hook_program\" \"$hook\" \"$@\"\n"
         "  exit\n"
         "fi\n" +
         std::string(kProgramPart);
}

std::string repository_stub(std::string_view name, std::string_view program) {
  const std::string start = head(name, program) + "kept=${0%/*}/$hook.d/$hook\n";
  if (name == "pre-push") return start + pre_push_stub();
  if (name == kServerHook) return start + pre_receive_stub();
  return start + "if [ -x \"$kept\" ]; then \"$kept\" \"$@\" || exit; fi\n" + already_part("exit 0") + judging_end();
}

// The repository's own hook first, told that this one judges; then this one.
std::string everywhere_stub(std::string_view name, std::string_view program) {
  std::string text = head(name, program);
  text += "own=$(git rev-parse --git-common-dir)/hooks/$hook\n";
  if (name == "push-to-checkout") {
    text +=
        "if [ -x \"$own\" ]; then exec \"$own\" \"$@\"; fi\n"
        "# A hook of this name takes the place of what git does by itself, so it is done here.\n"
        "git update-index -q --ignore-submodules --refresh && git diff-files --quiet --ignore-submodules -- &&\n"
        "  git diff-index --quiet --cached --ignore-submodules HEAD -- && exec git read-tree -u -m \"$1\"\n"
        "echo 'lfsguard: the work tree has changes that are not committed' >&2\n"
        "exit 1\n";
    return text;
  }
  if (!judges(name) || name == kServerHook) {
    text += "if [ -x \"$own\" ]; then exec \"$own\" \"$@\"; fi\n";
    text +=
        name == "proc-receive" ? "echo 'lfsguard: this repository has no proc-receive hook' >&2\nexit 1\n" : "exit 0\n";
    return text;
  }
  const std::string marked = "LFSGUARD_JUDGED=$hook:$(git rev-parse --absolute-git-dir)";
  if (name == "pre-push") {
    text += "if [ -x \"$own\" ]; then\n" + std::string(kReadInput) +
            "  run() { printf %s \"$input\" | \"$@\"; exit; }\n"
            "  printf %s \"$input\" | " +
            marked +
            " \"$own\" \"$@\" || exit\n"
            "else\n"
            "  run() { exec \"$@\"; }\n"
            "fi\n";
    return text + skip_part("exit 0") + std::string(kMissingPart) + "run \"$hook_program\" \"$hook\" \"$@\"\n";
  }
  text += "if [ -x \"$own\" ]; then " + marked + " \"$own\" \"$@\" || exit; fi\n";
  return text + judging_end();
}

// A repository with a stub of its own judges there: git runs both, one beside the other.
std::string configured_stub(std::string_view name, std::string_view program) {
  return head(name, program) +
         "if grep -q '^# lfsguard hook stub' \"$(git rev-parse --git-path hooks)/$hook\" 2>/dev/null; then exit 0; "
         "fi\n" +
         judging_end();
}

}  // namespace

const std::vector<std::string_view>& all_hook_names() {
  static const std::vector<std::string_view> names = {"applypatch-msg",     "pre-applypatch",   "post-applypatch",
                                                      "pre-commit",         "pre-merge-commit", "prepare-commit-msg",
                                                      "commit-msg",         "post-commit",      "pre-rebase",
                                                      "post-checkout",      "post-merge",       "pre-push",
                                                      "pre-receive",        "update",           "proc-receive",
                                                      "post-receive",       "post-update",      "reference-transaction",
                                                      "push-to-checkout",   "pre-auto-gc",      "post-rewrite",
                                                      "sendemail-validate", "p4-changelist",    "p4-prepare-changelist",
                                                      "p4-post-changelist", "p4-pre-submit",    "post-index-change"};
  return names;
}

bool judges(std::string_view hook_name) {
  return hook_name == kServerHook ||
         std::find(std::begin(kClientHooks), std::end(kClientHooks), hook_name) != std::end(kClientHooks);
}

std::string stub_text(StubKind kind, std::string_view hook_name, std::string_view hook_program) {
  switch (kind) {
    case StubKind::everywhere:
      return everywhere_stub(hook_name, hook_program);
    case StubKind::configured:
      return configured_stub(hook_name, hook_program);
    case StubKind::repository:
      break;
  }
  return repository_stub(hook_name, hook_program);
}

std::optional<StubFacts> stub_facts(std::string_view text) {
  const size_t first = text.find('\n');
  if (first == std::string_view::npos || !text.substr(first + 1).starts_with("# lfsguard hook stub"))
    return std::nullopt;
  StubFacts facts;
  const size_t at = text.find("\n" + std::string(kProgramLine));
  if (at == std::string_view::npos) return facts;
  std::string_view quoted = text.substr(at + 1 + kProgramLine.size());
  quoted = quoted.substr(0, quoted.find('\n'));
  // Single quotes taken off; a quote inside was written as '\''.
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\'') continue;
    if (quoted[i] == '\\' && i > 0 && i + 1 < quoted.size() && quoted[i - 1] == '\'') ++i;
    facts.hook_program += quoted[i];
  }
  return facts;
}

std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace lfsguard::hooks
