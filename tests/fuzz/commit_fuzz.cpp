// Any bytes as a commit and as a tag: what is parsed lies inside.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "git/objects/commit.h"

using namespace lfsguard::git;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string content(reinterpret_cast<const char*>(data), size);
  if (const auto commit = parse_commit(content)) {
    const auto inside = [&](std::string_view part) {
      return part.empty() || (part.data() >= content.data() && part.data() + part.size() <= content.data() + content.size());
    };
    if (!inside(commit->author) || !inside(commit->committer) || !inside(commit->message) || !inside(commit->subject())) std::abort();
    if (commit->subject().find('\n') != std::string_view::npos || commit->committer_date < 0) std::abort();
  }
  static_cast<void>(parse_tag_target(content));
  return 0;
}
