#include "hooks/hook.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "config/git_config.h"

namespace lfsguard::hooks {

const std::vector<std::string>& client_hooks() {
  static const std::vector<std::string> names = {"pre-commit", "pre-merge-commit", "pre-applypatch", "pre-push"};
  return names;
}

const std::vector<std::string>& server_hooks() {
  static const std::vector<std::string> names = {"pre-receive", "update"};
  return names;
}

bool reads_input(const std::string& name) { return name == "pre-push" || name == "pre-receive"; }

void say_text(const std::string& text) { static_cast<void>(write_all(2, text, "standard error")); }
void say(const std::string& line) { say_text("lfsguard: " + line + "\n"); }

void log_line(const git::RepositoryLayout& layout, const std::string& line) {
  const std::string path = layout.private_dir() + "/log";
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  const std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z {}\n", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                                       utc.tm_min, utc.tm_sec, line);
  const auto write = [&]() -> Status {
    TRY(make_directories(layout.private_dir()));
    const FileDescriptor fd = TRY(open_file(path, O_WRONLY | O_APPEND | O_CREAT));
    return write_all(fd.get(), text, path);
  };
  if (const Status status = write(); !status) say("warning: " + to_line(status.error()));
}

Result<int> run_hook(const HookCall& call, const HookActions& actions) {
  auto layout = git::repository_of_hook();
  if (!layout) return fail(std::move(layout).error());
  if (const char* skip = std::getenv("LFSGUARD_SKIP"); skip && config::parse_git_bool(skip).value_or(true)) {
    // A server is not let through by the pusher's environment.
    if (call.name != "pre-receive" && call.name != "update") {
      say(call.name + " skipped by LFSGUARD_SKIP");
      log_line(*layout, call.name + " skipped by LFSGUARD_SKIP");
      return 0;
    }
  }
  if (call.name == "pre-commit") return pre_commit(call, *layout, actions);
  if (call.name == "pre-merge-commit" || call.name == "pre-applypatch") return stop_staged(call, *layout);
  if (call.name == "pre-push") return pre_push(call, *layout, actions);
  if (call.name == "pre-receive" || call.name == "update") return pre_receive(call, *layout);
  return fail(ErrorKind::usage, "there is no hook of this name", call.name, "known: pre-commit, pre-merge-commit, pre-applypatch, pre-push, pre-receive, update");
}

}  // namespace lfsguard::hooks
