// Inflation of deflated (zlib) streams: whole objects of known size, by libdeflate. For first bytes: git/objects/inflate_prefix.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace lfsguard::git {

// Scratch state; one for each thread.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Inflates exactly `size` bytes into `out`. False: the stream is damaged, or longer or shorter than that. `consumed` (may be null)
  // receives the length of the deflated stream.
  bool whole(const uint8_t* stream, size_t available, uint8_t* out, size_t size, size_t* consumed = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lfsguard::git
