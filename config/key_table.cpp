#include "config/key_table.h"

#include "base/byte_size.h"

namespace lfsguard::config {
namespace {

constexpr std::string_view kSeverities = "error|warn|off";

constexpr Key kKeys[] = {
    {"version", KeyType::version, "1", Trust::never_pushed, "", "the version of the file's format"},
    {"threshold", KeyType::size, "", Trust::tightens, "",
     "a blob at or above it must be in LFS; default: the lowest limit among the profiles of the remotes, else 10MiB"},
    {"warn", KeyType::size, "", Trust::tightens, "", "a blob at or above it is warned of"},
    {"mode", KeyType::choice, "fix", Trust::never_pushed, "fix|block|warn",
     "what pre-commit does with a big file: make a pointer, stop, warn"},
    {"push", KeyType::choice, "block", Trust::never_pushed, "block|warn", "what pre-push does with findings"},
    {"growth", KeyType::choice, "judge", Trust::tightens, "judge|allow",
     "a new version of a file that git holds already; allow: only what the host itself refuses is found, new files as ever"},
    {"profile", KeyType::profile, "auto", Trust::tightens, "", "the host's rules; auto: from the remotes' URLs"},
    {"plan", KeyType::text, "free", Trust::never_pushed, "",
     "the plan bought from the host, where its limits depend on it"},
    {"track", KeyType::patterns, "", Trust::tightens, "", "always LFS, whatever the size"},
    {"rules.oversize", KeyType::choice, "error", Trust::tightens, kSeverities,
     "a blob at or over the threshold at a path that no LFS pattern covers"},
    {"rules.raw-in-lfs", KeyType::choice, "error", Trust::tightens, kSeverities,
     "a path covered by an LFS pattern whose blob is no pointer"},
    {"rules.binary", KeyType::choice, "", Trust::tightens, kSeverities,
     "a binary blob outside LFS; default: as the host's profile says, else off"},
    {"rules.bad-pointer", KeyType::choice, "warn", Trust::tightens, kSeverities,
     "a covered blob that is nearly a pointer"},
    {"rules.uncovered-pointer", KeyType::choice, "warn", Trust::tightens, kSeverities,
     "a pointer at a path that no LFS pattern covers"},
    {"rules.missing-object", KeyType::choice, "error", Trust::tightens, kSeverities,
     "a pointer whose object is nowhere"},
    {"rules.lfs-oversize", KeyType::choice, "error", Trust::tightens, kSeverities,
     "a pointer whose size is over the host's LFS limit"},
    {"rules.too-many-entries", KeyType::choice, "error", Trust::tightens, kSeverities,
     "a directory over the host's limit of entries"},
    {"rules.push-too-big", KeyType::choice, "error", Trust::tightens, kSeverities, "a push over the host's limit"},
    {"rules.attributes-ignored", KeyType::choice, "warn", Trust::tightens, kSeverities,
     "attribute lines that git does not heed"},
    {"rewrite.memory", KeyType::size, "1GiB", Trust::never_pushed, "",
     "what a rewrite takes for tables and for what it remembers of trees; beyond it tables lie in a file and trees are read again"},
    {"server.objects", KeyType::choice, "auto", Trust::tightens, "here|elsewhere|auto",
     "where the objects of pushed pointers must be"},
    {"server.bypass", KeyType::text, "", Trust::never_pushed, "", "the push option that lets one push through, logged"},
};

bool is_choice(std::string_view allowed, std::string_view value) {
  while (true) {
    const size_t bar = allowed.find('|');
    if (allowed.substr(0, bar) == value) return true;
    if (bar == std::string_view::npos) return false;
    allowed.remove_prefix(bar + 1);
  }
}

}  // namespace

std::span<const Key> all_keys() { return kKeys; }

const Key* key_named(std::string_view name) {
  for (const Key& key : kKeys)
    if (key.name == name) return &key;
  return nullptr;
}

std::string environment_name(const Key& key) {
  std::string name = "LFSGUARD_";
  for (const char c : key.name)
    name += c == '.' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::optional<std::string> complaint_about(const Key& key, std::string_view value) {
  const auto quoted = [&] { return "\"" + std::string(value) + "\""; };
  switch (key.type) {
    case KeyType::version:
      if (value != "1") return "this program does not know version " + std::string(value);
      break;
    case KeyType::size:
      if (!parse_byte_size(value)) return quoted() + " is not a size";
      break;
    case KeyType::choice:
      if (!is_choice(key.allowed, value)) return quoted() + " is none of its values";
      break;
    case KeyType::profile:
    case KeyType::patterns:
      if (value.empty()) return "it must not be empty";
      break;
    case KeyType::text:
      break;
  }
  return std::nullopt;
}

std::string allowed_values(const Key& key) {
  switch (key.type) {
    case KeyType::version:
      return "1";
    case KeyType::size:
      return "a size like 10MiB, 500KB, 1.5GB or a number of bytes";
    case KeyType::profile:
      return "auto or a profile's name";
    case KeyType::patterns:
      return "a list of patterns as in .gitignore: [\"*.safetensors\"]";
    case KeyType::text:
      return "a string";
    case KeyType::choice:
      break;
  }
  std::string text;
  for (const char c : key.allowed) text += c == '|' ? std::string(", ") : std::string(1, c);
  return text;
}

}  // namespace lfsguard::config
