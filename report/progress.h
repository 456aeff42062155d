// Draws the progress of long work: a bar that is redrawn in place on a terminal, plain lines at intervals elsewhere,
// nothing for work that is over within a second.
//
// Clock and output are seams, so that tests run without waiting. Drawing happens inside phase() and advance(), on the
// thread that calls them; there is no thread of its own. Callers print through clear() first, so that a bar never mixes
// with a line of text.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/progress.h"

namespace lfsguard::report {

class ProgressMeter final : public Progress {
 public:
  enum class Style {
    none,
    bar,    // redrawn in place ten times a second at the most, after the first second
    lines,  // one line every five seconds
  };
  using Clock = std::function<double()>;               // seconds, monotonic
  using Sink = std::function<void(std::string_view)>;  // stderr

  ProgressMeter(Style style, unsigned width, Clock clock, Sink sink);
  ~ProgressMeter() override;

  void phase(std::string_view name, uint64_t total, std::string_view unit) override;
  void advance(uint64_t done) override;
  // Takes the bar off the screen; the next advance() draws it again.
  void clear();

 private:
  void draw(double now);
  std::string line(double now) const;

  const Style style_;
  const unsigned width_;
  const Clock clock_;
  const Sink sink_;
  std::mutex mutex_;
  std::string name_, unit_;
  uint64_t total_ = 0, done_ = 0;
  double started_ = 0;  // of the phase
  double next_draw_ = 0;
  bool on_screen_ = false;
};

// A meter on stderr: a bar where that is a terminal, lines where not, none when `wanted` is false.
std::unique_ptr<ProgressMeter> stderr_progress(bool wanted);

}  // namespace lfsguard::report
