// Loose objects: one deflated file each, "<type> <size>\0<content>", below objects/xx/ (gitrepository-layout).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/object_id.h"
#include "git/objects/inflate.h"
#include "git/objects/object_type.h"

namespace lfsguard::git {

struct ObjectHeader {
  ObjectType type = ObjectType::none;
  uint64_t size = 0;  // bytes of the whole object
};

// Path of a loose object below an objects folder.
std::string loose_path(const std::string& object_dir, const ObjectId& id);

// Only the first bytes are read and inflated. kind not_found when there is no such file.
Result<ObjectHeader> read_loose_header(const std::string& path);

// Header and content. The id is not checked against the content.
struct LooseObject {
  ObjectHeader header;
  std::string content;
};
Result<LooseObject> read_loose_object(const std::string& path, Inflater& inflater);

// The first `size` bytes of the content.
Result<std::string> read_loose_prefix(const std::string& path, size_t size);

// Ids of all loose objects of the folder `prefix` (0 to 255); files that are not named like one are passed over.
Result<std::vector<ObjectId>> list_loose_objects(const std::string& object_dir, unsigned prefix);

}  // namespace lfsguard::git
