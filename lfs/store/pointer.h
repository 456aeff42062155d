// Pointer files: the small text that stands in git for a large file.
//
//   version https://git-lfs.github.com/spec/v1
//   ext-0-name sha256:<64 hex>          (any number, priorities 0-9 in order)
//   oid sha256:<64 hex>
//   size <decimal>
//
// Format: docs/lfs.md, "Pointer files", and the public Git LFS specification. What is accepted beyond the canonical
// form is what git-lfs accepts, found by running it; tests/integration/pointer_forms.test.sh asks both about every
// form. This file knows neither the store nor any hash function: the hook program links it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lfs/store/oid.h"

namespace lfsguard::lfs {

// A pointer is shorter than this; a blob of this size or more is never one.
inline constexpr size_t kPointerSizeLimit = 1024;

struct PointerExtension {
  unsigned priority = 0;  // 0-9
  std::string name;
  Oid oid;  // of the content before this extension changed it
  friend bool operator==(const PointerExtension&, const PointerExtension&) = default;
};

struct Pointer {
  Oid oid;
  uint64_t size = 0;
  std::vector<PointerExtension> extensions;  // by priority

  // An empty file is its own pointer; there is no object to store or send for it.
  bool stands_for_nothing() const { return size == 0; }
  friend bool operator==(const Pointer&, const Pointer&) = default;
};

enum class PointerKind {
  canonical,      // what format_pointer writes, or no bytes at all (an empty file)
  non_canonical,  // read as a pointer by every client, and passed through by clean as it is
  not_a_pointer,  // content; clean makes an object of it
};

struct ParsedPointer {
  PointerKind kind = PointerKind::not_a_pointer;
  Pointer pointer;  // set unless not_a_pointer
  bool is_pointer() const { return kind != PointerKind::not_a_pointer; }
};

// `content` is the whole blob (only its size matters when it is kPointerSizeLimit or more).
ParsedPointer parse_pointer(std::string_view content);
inline PointerKind classify_pointer(std::string_view content) { return parse_pointer(content).kind; }

// As above, whatever the size: `lfs pointer --check` looks at the first kPointerSizeLimit bytes of longer files too.
ParsedPointer parse_pointer_text(std::string_view text);

// Whether a blob is what rule bad-pointer is about: under the size limit, not canonical, but a pointer that clients
// still read, or one whose first line that is not blank is `version` and one of the three known URLs, however broken
// the rest.
bool nearly_pointer(std::string_view content);

// The canonical text; nothing for size 0.
std::string format_pointer(const Pointer& pointer);

}  // namespace lfsguard::lfs
