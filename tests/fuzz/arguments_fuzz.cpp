// Any words (divided by NULs) as the command line: refused as misuse, or taken apart with no word lost. Sizes are read, too.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/byte_size.h"
#include "cli/arguments.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2000) return 0;
  const std::string input(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> words(1);
  for (const char c : input)
    if (c == '\0')
      words.emplace_back();
    else
      words.back() += c;
  const auto line = cli::parse_line(words, cli::all_commands());
  if (!line && line.error().kind != ErrorKind::usage) std::abort();
  if (line && line->arguments.positional().size() > words.size()) std::abort();
  for (const std::string& word : words)
    if (const auto bytes = parse_byte_size(word))
      if (!parse_byte_size(std::to_string(*bytes)) || format_byte_size(*bytes).empty()) std::abort();
  return 0;
}
