// What several threads report, made one error.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/error.h"

namespace lfsguard::git {

// What workers report; the first error by offset wins, so that a run's message does not depend on timing.
class FirstError {
 public:
  void set(uint64_t offset, Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_ || offset < offset_) {
      offset_ = offset;
      error_ = std::move(error);
    }
  }
  Status status() {
    if (error_) return fail(std::move(*error_));
    return {};
  }

 private:
  std::mutex mutex_;
  uint64_t offset_ = 0;
  std::optional<Error> error_;
};

}  // namespace lfsguard::git
