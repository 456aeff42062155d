// What a rewrite is asked to do (docs/interface.md, `rewrite`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lfsguard::rewrite {

enum class Signatures { strip, keep, abort };
enum class MessageHashesMode { keep, rewrite };
enum class AttributesPlacement { root, nested };
enum class Direction {
  to_pointers,  // files into LFS
  to_files,     // --export: pointers back into files
};

struct RewriteOptions {
  std::optional<uint64_t> above;      // bytes: a path any of whose versions has so many or more
  std::vector<std::string> include;   // gitignore patterns; with `above` both must hold
  std::vector<std::string> exclude;   // wins
  bool fixup = false;                 // also whatever a commit's own attributes cover
  bool only_large_versions = false;   // of a path's versions only those at or above `above`
  std::vector<std::string> refs;          // empty: local branches, tags and HEADs
  bool tips_follow = false;           // with `refs`: other branches and tags move along where they name a commit that changes
  std::vector<std::string> exclude_refs;  // commits that these reach stay as they are
  bool everything = false;            // custom refs select, too
  Signatures signatures = Signatures::strip;
  MessageHashesMode message_hashes = MessageHashesMode::keep;
  AttributesPlacement attributes = AttributesPlacement::root;
  bool replace_attributes_symlink = false;
  Direction direction = Direction::to_pointers;
  bool control_files = false;         // .gitattributes and its like are listed with the others (lfs migrate info), though never converted
  bool dry_run = false;
  uint64_t memory = 1u << 30;         // bytes (`rewrite.memory`, shared out in memory_shares.h)
};

}  // namespace lfsguard::rewrite
