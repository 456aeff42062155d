// Commits and tags with other ids in their headers, and every other byte as it was.
//
// Nothing is parsed that is not replaced: idents, dates, encodings, unknown headers, message bytes and the presence of a final newline stay.
// A signature over bytes that change holds no longer; what becomes of it is the caller's choice. Formats: git-commit-tree(1), git-mktag(1),
// gitformat-signature(5).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/object_id.h"

namespace lfsguard::rewrite {

// The new id of an object; nullopt when it does not change.
using NewId = std::function<std::optional<ObjectId>(const ObjectId&)>;
// A message with hashes of rewritten commits replaced.
using NewMessage = std::function<std::string(std::string_view)>;

struct Spliced {
  std::string content;
  bool signature_removed = false;  // one or more
};

// Whether the object carries a signature (gpgsig, gpgsig-sha256, or at a tag's end), of any kind.
bool is_signed_commit(std::string_view commit);
bool is_signed_tag(std::string_view tag);

// `tree` and `parent` lines through `new_id`. With `strip`, gpgsig headers go, and a mergetag whose commit changed.
Spliced splice_commit(std::string_view commit, const NewId& new_id, bool strip, const NewMessage& new_message = {});
// The `object` line; with `strip` the signature at the end of the message or in a header.
Spliced splice_tag(std::string_view tag, const NewId& new_id, bool strip, const NewMessage& new_message = {});

}  // namespace lfsguard::rewrite
