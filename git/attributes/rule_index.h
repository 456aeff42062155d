// Finds the last of many patterns that matches a path without trying each: hash tables for literal names, literal paths
// and `*.ext`, a list for the rest.
//
// An attributes file written by a tool may hold thousands of lines with one path each; a query costs three look-ups and
// the patterns that need wildmatch.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "git/attributes/path_pattern.h"

namespace lfsguard::attributes {

class RuleIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  RuleIndex() = default;
  // `patterns[i]` gets the number i; later ones win. They must outlive the index.
  explicit RuleIndex(std::vector<const PathPattern*> patterns);

  bool empty() const { return patterns_.empty(); }
  // Numbers of the patterns that only trying tells, and that are tied to a directory; highest first.
  const std::vector<uint32_t>& wild_paths() const { return wild_paths_; }
  const PathPattern& pattern(uint32_t number) const { return *patterns_[number]; }
  bool has_paths() const { return !wild_paths_.empty() || !literal_paths_.empty(); }
  bool has_other_than_wild_paths() const { return wild_paths_.size() < patterns_.size(); }

  // Hashes of a last name, the same for every index it is looked up in. ASCII case is folded in them.
  struct NameHashes {
    explicit NameHashes(std::string_view name);
    uint64_t name;
    uint64_t extension;  // of ".bin" in "a.bin"; 0 when there is no dot
  };

  // The highest number whose pattern matches the last name alone, or kNone.
  uint32_t by_name(std::string_view name, const NameHashes& hashes, MatchStyle style) const;
  // The highest number above `floor` (kNone: any) whose pattern matches the path relative to the file's directory, or
  // `floor`. `candidates`: those of wild_paths() that can match in that directory.
  uint32_t by_path(std::string_view path, std::string_view name, const std::vector<uint32_t>& candidates,
                   uint32_t floor, MatchStyle style) const;

 private:
  struct Entry {
    uint64_t hash;
    uint32_t number;
  };
  // Entries grouped by the top bits of their hash, in each group by falling number.
  struct Table {
    std::vector<Entry> entries;
    std::vector<uint32_t> starts;  // of each group, and the end
    unsigned shift = 64;
    void build();
    bool empty() const { return entries.empty(); }
    std::pair<const Entry*, const Entry*> group(uint64_t hash) const;
  };

  std::vector<const PathPattern*> patterns_;
  Table literal_names_, extensions_, literal_paths_;
  std::vector<uint32_t> other_names_;  // wild names, and suffixes without a dot; highest first
  std::vector<uint32_t> wild_paths_;
};

}  // namespace lfsguard::attributes
