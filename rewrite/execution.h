// Carrying out a plan: new objects in one pack, checked, then everything moves at once.
//
// Until publish() nothing refers to what was written; a run that ends before it leaves no trace but LFS objects, which are found by content next time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "git/objects/object_id_map.h"
#include "git/objects/pack_writer.h"
#include "rewrite/blob_converter.h"
#include "rewrite/message_hashes.h"
#include "rewrite/object_splice.h"
#include "rewrite/plan.h"
#include "rewrite/run_folder.h"
#include "rewrite/verifier.h"

namespace lfsguard::rewrite {

class Execution {
 public:
  explicit Execution(Plan& plan) : plan_(plan), folder_(RunFolder::make(plan.layout)) {}

  // LFS objects, then trees, commits, tags and notes into a pack of their own. Fills the report's refs and counts.
  Status write_objects();
  // Reads the pack back. On an error the pack is gone again.
  Status verify();
  // Maps, journal, backups, refs, work trees.
  Status publish(const Surroundings& surroundings);

 private:
  bool strip() const { return plan_.options.signatures == Signatures::strip; }
  std::optional<ObjectId> moved(const ObjectId& oid) const {
    const ObjectId* found = moved_.find(oid);
    return found ? std::optional(*found) : std::nullopt;
  }
  Status build_trees();
  Status write_commits();
  Status write_bare_trees();
  Status write_tags_and_notes();
  Result<ObjectId> write_tag(const ObjectId& oid, int depth);
  Result<Journal> make_journal() const;

  Plan& plan_;
  RunFolder folder_;
  std::unique_ptr<lfs::ObjectBatch> objects_;
  std::unique_ptr<git::PackWriter> pack_;
  git::PackWriter::Written written_;
  Conversions conversions_;
  BigVector<ObjectId> new_trees_;        // by commit
  git::ObjectIdMap<ObjectId> moved_;     // commits, tags and bare trees: old -> new
  MessageHashes messages_{moved_};
  NewMessage new_message_;               // empty: messages stay
  BigVector<TreePair> tree_pairs_;       // roots that changed
};

}  // namespace lfsguard::rewrite
