#include "git/process/head_commit.h"

#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace lfsguard::git {
namespace {

constexpr size_t kHex = 40;

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

// "<id> <name>\n" lines; a name begins a line's 42nd byte.
std::optional<ObjectId> packed(std::string_view refs, std::string_view name) {
  const std::string wanted = " " + std::string(name) + "\n";
  for (size_t at = refs.find(wanted); at != std::string_view::npos; at = refs.find(wanted, at + 1)) {
    if (at < kHex || (at > kHex && refs[at - kHex - 1] != '\n')) continue;
    return ObjectId::from_hex(refs.substr(at - kHex, kHex));
  }
  return std::nullopt;
}

}  // namespace

std::optional<ObjectId> head_commit_from_files(const RepositoryLayout& layout) {
  constexpr std::string_view kSymbolic = "ref: ";
  const auto head = read_file(layout.git_dir + "/HEAD");
  if (!head) return std::nullopt;
  const std::string_view text = without_line_end(*head);
  if (!text.starts_with(kSymbolic)) return text.size() == kHex ? ObjectId::from_hex(text) : std::nullopt;
  const std::string_view name = text.substr(kSymbolic.size());
  // Refs of one work tree alone lie in its own folder.
  if (!name.starts_with("refs/heads/")) return std::nullopt;
  if (const auto loose = read_file(layout.common_dir + "/" + std::string(name))) {
    const std::string_view id = without_line_end(*loose);
    return id.size() == kHex ? ObjectId::from_hex(id) : std::nullopt;
  }
  const auto refs = read_file(layout.common_dir + "/packed-refs");
  return refs ? packed(*refs, name) : std::nullopt;
}

}  // namespace lfsguard::git
