// What the finished pack holds besides trees (rewrite/verifier.h compares those): every object has the content its id says, every new commit the tree and the
// parents that it must have. And what a commit must keep of the old one.
#pragma once

#include <string_view>

#include "base/big_vector.h"
#include "base/progress.h"
#include "git/objects/history.h"
#include "git/objects/object_database.h"
#include "git/objects/pack_writer.h"
#include "rewrite/memory_shares.h"
#include "rewrite/object_splice.h"

namespace lfsguard::rewrite {

// Whether all that stands behind the tree and parent lines is the same, byte for byte; with `strip` signature headers (mergetags among them) may be gone, with
// `new_message` the message is another.
bool keeps_the_rest(std::string_view old_commit, std::string_view new_commit, bool strip, bool new_message);

// `new_trees`: by commit of `history`. `moved`: new ids of commits; called from many threads. Error kind corrupt names the first object that is not right.
Status read_back(const git::ObjectDatabase& database, const BigVector<git::PackWriter::Kept>& objects, const git::History& history, const BigVector<ObjectId>& new_trees,
                 const NewId& moved, const MemoryShares& memory, Progress& progress);

}  // namespace lfsguard::rewrite
