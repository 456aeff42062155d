#include "report/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "base/byte_size.h"
#include "report/terminal.h"

namespace lfsguard::report {
namespace {

constexpr double kFirstBar = 1.0, kBarInterval = 0.1, kLineInterval = 5.0;

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

ProgressMeter::ProgressMeter(Style style, unsigned width, Clock clock, Sink sink)
    : style_(style), width_(width), clock_(std::move(clock)), sink_(std::move(sink)) {}

ProgressMeter::~ProgressMeter() { clear(); }

void ProgressMeter::phase(std::string_view name, uint64_t total, std::string_view unit) {
  if (style_ == Style::none) return;
  const std::lock_guard lock(mutex_);
  const double now = clock_();
  const bool first = name_.empty();
  name_ = name;
  unit_ = unit;
  total_ = total;
  done_ = 0;
  started_ = now;
  // A later phase of work that is shown already is shown at once.
  if (first) next_draw_ = now + (style_ == Style::bar ? kFirstBar : kLineInterval);
  if (on_screen_) draw(now);
}

void ProgressMeter::advance(uint64_t done) {
  if (style_ == Style::none) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  done_ = done;
  const double now = clock_();
  if (now >= next_draw_) draw(now);
}

void ProgressMeter::clear() {
  const std::lock_guard lock(mutex_);
  if (on_screen_) sink_("\r\033[K");
  on_screen_ = false;
}

void ProgressMeter::draw(double now) {
  if (style_ == Style::bar) {
    sink_("\r" + line(now) + "\033[K");
    on_screen_ = true;
    next_draw_ = now + kBarInterval;
  } else {
    sink_(line(now) + "\n");
    next_draw_ = now + kLineInterval;
  }
}

std::string ProgressMeter::line(double now) const {
  const bool bytes = unit_ == "bytes";
  const auto shown = [&](uint64_t number) { return bytes ? format_byte_size(number) : grouped(number); };
  const double elapsed = now - started_;
  std::string numbers = shown(done_);
  if (total_ > 0) numbers += " of " + shown(total_);
  if (!bytes) numbers += " " + unit_;
  if (elapsed >= 1 && done_ > 0) {
    const double rate = static_cast<double>(done_) / elapsed;
    if (bytes) numbers += fmt::format(", {}/s", format_byte_size(static_cast<uint64_t>(rate)));
    if (total_ > done_) numbers += ", " + duration(static_cast<double>(total_ - done_) / rate) + " left";
  }
  std::string text = name_;
  if (total_ > 0) {
    const double part = done_ >= total_ ? 1.0 : static_cast<double>(done_) / static_cast<double>(total_);
    if (style_ == Style::bar) {
      constexpr unsigned kCells = 20;
      const auto full = static_cast<unsigned>(part * kCells);
      text += " [" + std::string(full, '#') + std::string(kCells - full, '.') + "]";
    }
    text += fmt::format(" {} %", static_cast<unsigned>(part * 100));
  }
  text += "  " + numbers;
  // A line that wraps cannot be redrawn in place.
  if (style_ == Style::bar && text.size() >= width_) text.resize(width_ > 0 ? width_ - 1 : 0);
  return text;
}

std::unique_ptr<ProgressMeter> stderr_progress(bool wanted) {
  const bool terminal = is_terminal(2);
  const auto style = !wanted    ? ProgressMeter::Style::none
                     : terminal ? ProgressMeter::Style::bar
                                : ProgressMeter::Style::lines;
  return std::make_unique<ProgressMeter>(
      style, terminal_width(2),
      [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); },
      [](std::string_view text) { [[maybe_unused]] const ssize_t written = ::write(2, text.data(), text.size()); });
}

}  // namespace lfsguard::report
