// Object types as a pack entry header numbers them (gitformat-pack).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lfsguard::git {

enum class ObjectType : uint8_t { none = 0, commit = 1, tree = 2, blob = 3, tag = 4, ofs_delta = 6, ref_delta = 7 };

constexpr std::string_view name_of(ObjectType type) {
  switch (type) {
    case ObjectType::commit: return "commit";
    case ObjectType::tree: return "tree";
    case ObjectType::blob: return "blob";
    case ObjectType::tag: return "tag";
    default: return "unknown";
  }
}
constexpr ObjectType type_named(std::string_view name) {
  if (name == "commit") return ObjectType::commit;
  if (name == "tree") return ObjectType::tree;
  if (name == "blob") return ObjectType::blob;
  if (name == "tag") return ObjectType::tag;
  return ObjectType::none;
}

}  // namespace lfsguard::git
