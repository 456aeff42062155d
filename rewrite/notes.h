// Notes follow their objects: entries of a notes tree that are named by a rewritten object get its new name, at the same fan-out.
#pragma once

#include <functional>

#include "git/objects/object_reader.h"
#include "git/objects/pack_writer.h"
#include "rewrite/object_splice.h"

namespace lfsguard::rewrite {

// The new tip of a notes ref; the old one where no note is about a rewritten object. Every commit of its history is rewritten alike.
Result<ObjectId> rewrite_notes(git::ObjectReader& reader, const ObjectId& tip, const NewId& new_id, bool strip, git::PackWriter& pack);

// Whether rewrite_notes() moves it: a note in its history is about an object that `changes`.
Result<bool> notes_move(git::ObjectReader& reader, const ObjectId& tip, const std::function<bool(const ObjectId&)>& changes);

}  // namespace lfsguard::rewrite
