// The seam between work that takes long and whoever shows it. Libraries report; cli/ draws (report/progress.h) or stays silent.
#pragma once

#include <cstdint>
#include <string_view>

namespace lfsguard {

// Calls may come from any thread. A phase replaces the one before it.
class Progress {
 public:
  virtual ~Progress() = default;
  // `unit` e.g. "objects", "commits", "bytes"; total 0 = not known.
  virtual void phase(std::string_view name, uint64_t total, std::string_view unit) = 0;
  virtual void advance(uint64_t done) = 0;  // absolute count within the phase
};

// Where nobody watches.
class SilentProgress final : public Progress {
 public:
  void phase(std::string_view, uint64_t, std::string_view) override {}
  void advance(uint64_t) override {}
};

}  // namespace lfsguard
