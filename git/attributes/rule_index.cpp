#include "git/attributes/rule_index.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "git/attributes/wildmatch.h"

namespace lfsguard::attributes {
namespace {

uint64_t folded_hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(fold_ascii(c))) * 0x100000001b3u;
  // The groups are told apart by the top bits: mix the low ones in.
  hash ^= hash >> 29;
  hash *= 0xbf58476d1ce4e5b9u;
  return hash ^ (hash >> 32);
}

std::string_view extension_of(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

bool higher(uint32_t number, uint32_t than) { return than == RuleIndex::kNone || number > than; }

}  // namespace

void RuleIndex::Table::build() {
  const unsigned bits = std::bit_width(entries.size());
  shift = 64 - bits;
  if (entries.empty()) return;
  const auto group_of = [&](const Entry& entry) { return entry.hash >> shift; };
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    return group_of(a) != group_of(b) ? group_of(a) < group_of(b) : a.number > b.number;
  });
  starts.assign((size_t{1} << bits) + 1, 0);
  for (const Entry& entry : entries) ++starts[group_of(entry) + 1];
  for (size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
}

std::pair<const RuleIndex::Entry*, const RuleIndex::Entry*> RuleIndex::Table::group(uint64_t hash) const {
  const size_t number = hash >> shift;
  return {entries.data() + starts[number], entries.data() + starts[number + 1]};
}

RuleIndex::RuleIndex(std::vector<const PathPattern*> patterns) : patterns_(std::move(patterns)) {
  for (uint32_t number = 0; number < patterns_.size(); ++number) {
    const PathPattern& pattern = *patterns_[number];
    switch (pattern.kind) {
      case PathPattern::Kind::literal_name:
        literal_names_.entries.push_back({folded_hash(pattern.text), number});
        break;
      case PathPattern::Kind::literal_path:
        literal_paths_.entries.push_back({folded_hash(pattern.text), number});
        break;
      case PathPattern::Kind::suffix:
        if (const std::string_view extension = extension_of(pattern.text); !extension.empty())
          extensions_.entries.push_back({folded_hash(extension), number});
        else
          other_names_.push_back(number);
        break;
      case PathPattern::Kind::wild_name:
        other_names_.push_back(number);
        break;
      case PathPattern::Kind::wild_path:
        wild_paths_.push_back(number);
        break;
    }
  }
  literal_names_.build();
  extensions_.build();
  literal_paths_.build();
  std::reverse(other_names_.begin(), other_names_.end());
  std::reverse(wild_paths_.begin(), wild_paths_.end());
}

RuleIndex::NameHashes::NameHashes(std::string_view text) : name(folded_hash(text)), extension(0) {
  if (const std::string_view ending = extension_of(text); !ending.empty()) extension = folded_hash(ending);
}

uint32_t RuleIndex::by_name(std::string_view name, const NameHashes& hashes, MatchStyle style) const {
  uint32_t best = kNone;
  const auto look_up = [&](const Table& table, uint64_t hash) {
    if (table.empty()) return;
    const auto [first, last] = table.group(hash);
    for (const Entry* entry = first; entry != last && higher(entry->number, best); ++entry) {
      if (entry->hash != hash || !patterns_[entry->number]->matches(name, name, style)) continue;
      best = entry->number;
      return;
    }
  };
  look_up(literal_names_, hashes.name);
  if (hashes.extension != 0) look_up(extensions_, hashes.extension);
  for (const uint32_t number : other_names_) {
    if (!higher(number, best)) break;
    if (patterns_[number]->matches(name, name, style)) return number;
  }
  return best;
}

uint32_t RuleIndex::by_path(std::string_view path, std::string_view name, const std::vector<uint32_t>& candidates,
                            uint32_t floor, MatchStyle style) const {
  uint32_t best = floor;
  if (!literal_paths_.empty()) {
    const uint64_t hash = folded_hash(path);
    const auto [first, last] = literal_paths_.group(hash);
    for (const Entry* entry = first; entry != last && higher(entry->number, best); ++entry) {
      if (entry->hash != hash || !patterns_[entry->number]->matches(path, name, style)) continue;
      best = entry->number;
      break;
    }
  }
  for (const uint32_t number : candidates) {
    if (!higher(number, best)) break;
    if (patterns_[number]->matches(path, name, style)) return number;
  }
  return best;
}

}  // namespace lfsguard::attributes
