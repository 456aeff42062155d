// Sizes as people write them: "10MiB" = 10 x 1024^2, "10MB" = 10 x 1000^2, "10M" = git's 10 MiB, a bare number is bytes; units
// in any case, one space and a decimal fraction allowed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lfsguard {

// Error kind config, subject = the text. A fraction is rounded down to whole bytes; "0" is valid; negative is not.
Result<uint64_t> parse_byte_size(std::string_view text);

// "152.4 MiB", "10 MiB", "812 B": binary units, one decimal where it is not zero.
std::string format_byte_size(uint64_t bytes);

}  // namespace lfsguard
