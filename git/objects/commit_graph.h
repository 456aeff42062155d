// Reader of commit-graph files (gitformat-commit-graph), single or chained: tree, parents and date of a commit without inflating it.
//
// git switches it off in shallow repositories and where replace refs or grafts are; callers decide (git/objects/history.h does).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/object_id.h"

namespace lfsguard::git {

class CommitGraph {
 public:
  struct Row {
    ObjectId tree_oid;
    std::vector<ObjectId> parent_oids;
    int64_t committer_date = 0;  // the low 34 bits, as stored
  };
  // From <object_dir>/info. nullptr when there is none or it does not hold together (then commits are read instead).
  static std::unique_ptr<CommitGraph> open(const std::string& object_dir);
  std::optional<Row> find(const ObjectId& oid) const;
  uint32_t count() const { return total_; }

 private:
  struct Layer {
    MappedFile map;
    uint32_t count = 0;
    uint32_t base = 0;  // commits in the layers below
    const uint8_t* fanout = nullptr;
    const uint8_t* ids = nullptr;
    const uint8_t* data = nullptr;  // 36 bytes a commit
    const uint8_t* edges = nullptr;
    size_t edge_count = 0;
  };
  bool add_layer(const std::string& path);
  std::optional<ObjectId> id_at(uint32_t position) const;
  std::vector<Layer> layers_;  // base first
  uint32_t total_ = 0;
};

}  // namespace lfsguard::git
