// Programs run as children: arguments as a vector (never a shell), pipes, exit status.
//
// posix_spawn, so starting one costs no copy of our page tables. Reading standard output and feeding standard input at once is done
// here (poll), so that neither side can block the other for ever.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace lfsguard {

struct Command {
  std::vector<std::string> arguments;              // [0] is looked up on PATH unless it has a slash
  std::string directory;                           // where it runs; empty: here
  std::vector<std::string> environment;            // "NAME=value" put over ours; "NAME" alone removes it
  std::optional<std::string> input;                // standard input; nullopt: ours is inherited, "" is empty
  enum class Stderr { inherit, capture, discard } standard_error = Stderr::capture;
  enum class Stdout { capture, inherit, discard } standard_output = Stdout::capture;
};

struct Completed {
  int status = 0;  // exit code, or 128 + signal number
  std::string output;
  std::string error_output;
};

// Runs to the end. An error only when it could not be started (kind not_found when there is no such program), or a pipe broke down on our side, so that it
// read or we read less than there was; a child that stops reading early is none.
Result<Completed> run(const Command& command);

// A running child with pipes. Destroying it closes the pipes and waits.
class Subprocess {
 public:
  struct Pipes {
    bool input = true;   // a pipe to its standard input, else ours is inherited
    bool output = true;  // a pipe from its standard output, else ours is inherited
    bool error = false;  // a pipe from its standard error, else ours is inherited
  };
  // Command::input and the standard_* fields are not looked at.
  static Result<Subprocess> start(const Command& command, Pipes pipes);
  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;
  ~Subprocess();
  FileDescriptor& input() { return input_; }
  FileDescriptor& output() { return output_; }
  FileDescriptor& error() { return error_; }
  pid_t pid() const { return pid_; }
  // Closes input, waits. Exit code, or 128 + signal number. Read output to its end first.
  int wait();
  void kill(int signal) const;

 private:
  Subprocess() = default;
  pid_t pid_ = -1;
  FileDescriptor input_, output_, error_;
};

}  // namespace lfsguard
