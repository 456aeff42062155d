// Every setting that has one value: its type, its default, who may set it, what it is for. Files, git config,
// environment, `lfsguard policy` and the documents read this table. Settings that are tables ([[limit]], [[allow]],
// [profiles.NAME]) stand in files only (settings_file.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lfsguard::config {

enum class KeyType {
  version,   // 1
  size,      // "10MiB" or a number of bytes
  choice,    // one of `allowed`
  profile,   // "auto" or a profile's name
  patterns,  // a list of gitignore patterns; in git config one value each, in the environment separated by commas or
             // line ends
  text,
};

// What a stranger's file may do with the key. On a client .lfsguard.toml may set them all: none of them runs a program,
// redirects an upload or switches a check of TLS off. On a server the pushed file can only tighten.
enum class Trust {
  tightens,     // the stricter of the server's value and the pushed one holds
  never_pushed  // a pushed value is not looked at
};

struct Key {
  std::string_view name;  // "rules.binary"
  KeyType type;
  std::string_view fallback;  // as it would be written; empty: none
  Trust trust;
  std::string_view allowed;  // of a choice: "fix|block|warn"
  std::string_view doc;
};

std::span<const Key> all_keys();
const Key* key_named(std::string_view name);
// "LFSGUARD_RULES_BINARY"
std::string environment_name(const Key& key);

// What is wrong with the value, nullopt when nothing is. Whether a profile exists is not asked here.
std::optional<std::string> complaint_about(const Key& key, std::string_view value);
// "a size like 10MiB, 500KB or a number of bytes", "fix, block, warn"
std::string allowed_values(const Key& key);

}  // namespace lfsguard::config
