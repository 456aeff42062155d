// Names in double quotes with C's backslash escapes, as git writes and reads them (quote.c's rules).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::attributes {

struct Unquoted {
  std::string text;
  size_t consumed = 0;  // bytes read, both quotes included
};

// `text` begins with '"'. nullopt when the quotes do not end or an escape is none of \a \b \t \n \v \f \r \\ \" \ooo.
std::optional<Unquoted> c_unquote(std::string_view text);

// With the quotes. Escapes '"', '\' and control characters; bytes of 0x80 and above stay, as with core.quotePath=false.
std::string c_quote(std::string_view text);

}  // namespace lfsguard::attributes
