#include "base/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <initializer_list>

#include "base/durable_file.h"

namespace lfsguard {
namespace {

std::atomic<int> delays{0};
std::atomic<int> signals_seen{0};

void on_signal(int signal) {
  const int seen = signals_seen.fetch_add(1) + 1;
  if (delays.load() > 0 && seen < 3) return;
  static const char kMessage[] = "\nlfsguard: interrupted\n";
  remove_temporary_files();
  [[maybe_unused]] const ssize_t written = ::write(2, kMessage, sizeof kMessage - 1);
  ::_exit(128 + signal);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    ::sigaction(signal, nullptr, &old);
    // nohup stays in force. A job that a script started with "&" comes with SIGINT ignored, and is to be interrupted all the same, as git's own.
    if (signal != SIGHUP || old.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
}

bool interrupted() { return signals_seen.load() > 0; }

InterruptDelay::InterruptDelay() { delays.fetch_add(1); }
InterruptDelay::~InterruptDelay() { delays.fetch_sub(1); }

}  // namespace lfsguard
