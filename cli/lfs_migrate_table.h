// The table of `lfs migrate info`: bytes and counts by extension, laid out as git-lfs does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lfsguard::cli {

// Bytes of a unit's name in any case ("kb" is 1000, "KiB" 1024); nullopt for none given. Error kind usage.
Result<std::optional<uint64_t>> unit_of(std::string_view name);

class SizeTable {
 public:
  // Only files of `above` bytes or more add to a row's bytes, and to the first of its counts.
  explicit SizeTable(std::optional<uint64_t> above) : above_(above) {}
  void add(std::string_view path, uint64_t bytes);
  // An LFS object: a row of its own, below the others.
  void add_object(uint64_t bytes);
  // The `top` largest rows. `unit` nullopt: the largest that fits each row.
  std::string text(size_t top, std::optional<uint64_t> unit) const;

 private:
  struct Row {
    uint64_t bytes = 0, above = 0, total = 0;
  };
  void count(Row& row, uint64_t bytes) const;
  std::optional<uint64_t> above_;
  std::map<std::string, Row> rows_;
  Row objects_;
};

}  // namespace lfsguard::cli
