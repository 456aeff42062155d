#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

extern char** environ;

namespace lfsguard {
namespace {

std::vector<std::string> merged_environment(const std::vector<std::string>& changes) {
  std::vector<std::string> merged;
  std::map<std::string, std::string> over;
  for (const std::string& change : changes) {
    const size_t equals = change.find('=');
    over[change.substr(0, equals)] = equals == std::string::npos ? std::string() : change;
  }
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (!over.contains(std::string(text.substr(0, text.find('='))))) merged.emplace_back(text);
  }
  for (auto& [name, entry] : over)
    if (!entry.empty()) merged.push_back(entry);
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int decode(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

// Both ends close-on-exec; the child's copy is made by dup2, which clears the flag.
Status make_pipe(FileDescriptor& read_end, FileDescriptor& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(errno_error("cannot make a pipe", ""));
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  return {};
}

}  // namespace

Result<Subprocess> Subprocess::start(const Command& command, Pipes pipes) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  struct Cleanup {
    posix_spawn_file_actions_t* actions;
    ~Cleanup() { posix_spawn_file_actions_destroy(actions); }
  } cleanup{&actions};

  Subprocess child;
  FileDescriptor child_input, child_output, child_error;
  if (pipes.input) {
    TRY(make_pipe(child_input, child.input_));
    posix_spawn_file_actions_adddup2(&actions, child_input.get(), 0);
  }
  if (pipes.output) {
    TRY(make_pipe(child.output_, child_output));
    posix_spawn_file_actions_adddup2(&actions, child_output.get(), 1);
  }
  if (pipes.error) {
    TRY(make_pipe(child.error_, child_error));
    posix_spawn_file_actions_adddup2(&actions, child_error.get(), 2);
  }
  if (!command.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());

  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = merged_environment(command.environment);
  std::vector<char*> argv = pointers(arguments);
  std::vector<char*> envp = pointers(environment);

  // A child starts with the default for SIGPIPE whatever we do with ours.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int code = ::posix_spawnp(&child.pid_, argv[0], &actions, &attributes, argv.data(), envp.data());
  posix_spawnattr_destroy(&attributes);
  if (code != 0) {
    child.pid_ = -1;
    if (!command.directory.empty() && ::access(command.directory.c_str(), X_OK) != 0) return fail(errno_error("cannot enter folder", command.directory));
    Error error = errno_error("cannot run", command.arguments[0], code);
    if (code == ENOENT && error.subject.find('/') == std::string::npos) error.hint = "install it, or have PATH name the folder that it is in";
    return fail(std::move(error));
  }
  return child;
}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      error_(std::move(other.error_)) {}

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(error_, other.error_);
  return *this;
}

Subprocess::~Subprocess() { wait(); }

int Subprocess::wait() {
  input_.reset();
  output_.reset();
  error_.reset();
  if (pid_ < 0) return 0;
  int wait_status = 0;
  while (::waitpid(pid_, &wait_status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return decode(wait_status);
}

void Subprocess::kill(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

Result<Completed> run(const Command& command) {
  Command adjusted = command;
  FileDescriptor null_output;
  Subprocess::Pipes pipes;
  pipes.input = command.input.has_value();
  pipes.output = command.standard_output != Command::Stdout::inherit;
  pipes.error = command.standard_error != Command::Stderr::inherit;
  Subprocess child = TRY(Subprocess::start(adjusted, pipes));

  Completed completed;
  std::string_view pending = command.input ? std::string_view(*command.input) : std::string_view();
  if (pipes.input) {
    if (pending.empty())
      child.input().reset();
    else
      ::fcntl(child.input().get(), F_SETFL, O_NONBLOCK);
  }
  // A child that stops reading early is not an error of ours.
  struct sigaction ignore {}, old {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &old);

  std::vector<char> buffer(1 << 16);
  int lost = 0;  // errno of what kept the child from its input, or us from its output
  const auto drain = [&](FileDescriptor& from, std::string* into) {
    const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
    if (n > 0) {
      if (into) into->append(buffer.data(), static_cast<size_t>(n));
    } else if (n == 0 || errno != EINTR) {
      if (n < 0) lost = errno;
      from.reset();
    }
  };
  std::string* output = command.standard_output == Command::Stdout::capture ? &completed.output : nullptr;
  std::string* error = command.standard_error == Command::Stderr::capture ? &completed.error_output : nullptr;
  while (child.input() || child.output() || child.error()) {
    pollfd polled[3] = {{child.input().get(), POLLOUT, 0}, {child.output().get(), POLLIN, 0},
                        {child.error().get(), POLLIN, 0}};
    if (::poll(polled, 3, -1) < 0) {
      if (errno == EINTR) continue;
      lost = errno;
      break;
    }
    if (polled[0].revents) {
      const ssize_t n = ::write(child.input().get(), pending.data(), pending.size());
      if (n > 0) pending.remove_prefix(static_cast<size_t>(n));
      const bool broken = n < 0 && errno != EINTR && errno != EAGAIN;
      if (broken && errno != EPIPE) lost = errno;
      if (broken || pending.empty()) child.input().reset();
    }
    if (polled[1].revents) drain(child.output(), output);
    if (polled[2].revents) drain(child.error(), error);
  }
  ::sigaction(SIGPIPE, &old, nullptr);
  completed.status = child.wait();
  // It may have taken half an input for the whole.
  if (lost != 0) return fail(errno_error("cannot talk to", command.arguments.front(), lost));
  return completed;
}

}  // namespace lfsguard
