// Ctrl-C and its kin, for programs that work long.
//
// By default the first SIGINT, SIGTERM or SIGHUP says so on stderr and ends the process at once (SIGINT: 130, else 128
// + signal); nothing of ours is half-written then, since files are published by rename, and temporary files are removed. Work that must come to a clean
// stop by itself holds an InterruptDelay and asks interrupted(); three signals of a kind while it lives end the process
// all the same.
#pragma once

namespace lfsguard {

// Called once by main.
void catch_interrupts();

// Whether a signal came while an InterruptDelay lived.
bool interrupted();

class InterruptDelay {
 public:
  InterruptDelay();
  // A signal that came meanwhile is left in interrupted(): the holder turns it into an error of kind interrupted.
  ~InterruptDelay();
  InterruptDelay(const InterruptDelay&) = delete;
  InterruptDelay& operator=(const InterruptDelay&) = delete;
};

}  // namespace lfsguard
