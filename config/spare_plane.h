// Text whose characters beyond ASCII stand in another plane of Unicode while a parser reads it.
//
// toml++ (3.3, 3.4) asks of characters outside of strings whether they are white space, and its table for that has gaps
// in the basic plane that lead into undefined behaviour. Which characters it asks of depends on how it recovers from an
// error, so a look at the text beforehand cannot keep them away from it. Here every character of the basic plane beyond
// ASCII, white space left out, is replaced by the one at the same place of a plane that the text does not use; what
// comes out of the parser is put back. Characters stay characters: lines and columns do not change. Bytes that are not
// UTF-8 stay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::config {

class SparePlane {
 public:
  // nullopt: the text uses all planes, as characters or in \U escapes.
  static std::optional<SparePlane> of(std::string_view text);

  std::string moved(std::string_view text) const;
  std::string restored(std::string_view text) const;

 private:
  explicit SparePlane(uint32_t plane) : plane_(plane) {}
  uint32_t plane_;  // 1 to 16
};

}  // namespace lfsguard::config
