#include "scanner/attribution.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/big_vector.h"
#include "scanner/remedy.h"

namespace lfsguard::scanner {
namespace {

constexpr size_t kBits = 512;
using Bits = std::array<uint64_t, kBits / 64>;

// For each group of commits, the refs (by index) that reach one of them. Bits are carried along the history for 512 at a time: of groups towards the refs, or,
// where there are fewer refs than groups, of refs towards the groups.
std::vector<std::vector<uint32_t>> reaching_refs(const CommitList& commits, const std::vector<RefPosition>& refs,
                                                 const std::vector<std::vector<uint32_t>>& groups) {
  std::vector<std::vector<uint32_t>> reached(groups.size());
  const size_t count = commits.items().size();
  const bool by_ref = refs.size() < groups.size();
  const size_t total = by_ref ? refs.size() : groups.size();
  const auto add_bits = [](Bits& to, const Bits& from) {
    for (size_t word = 0; word < to.size(); ++word) to[word] |= from[word];
  };
  const auto each_bit = [](const Bits& bits, auto visit) {
    for (size_t word = 0; word < bits.size(); ++word)
      for (uint64_t rest = bits[word]; rest != 0; rest &= rest - 1) visit(word * 64 + static_cast<size_t>(__builtin_ctzll(rest)));
  };
  BigVector<Bits> bits;
  for (size_t first = 0; first < total; first += kBits) {
    bits.assign(count, Bits{});
    const size_t last = std::min(total, first + kBits);
    const auto set = [&](uint32_t commit, size_t number) { bits[commit][(number - first) / 64] |= 1ull << ((number - first) % 64); };
    if (by_ref) {
      for (size_t ref = first; ref < last; ++ref) set(refs[ref].commit, ref);
      for (size_t at = 0; at < count; ++at)  // children stand before their parents
        for (const uint32_t parent : commits.parents(commits.items()[at]))
          if (parent != UINT32_MAX) add_bits(bits[parent], bits[at]);
      for (size_t group = 0; group < groups.size(); ++group) {
        Bits any{};
        for (const uint32_t commit : groups[group]) add_bits(any, bits[commit]);
        each_bit(any, [&](size_t bit) { reached[group].push_back(static_cast<uint32_t>(first + bit)); });
      }
      continue;
    }
    for (size_t group = first; group < last; ++group)
      for (const uint32_t commit : groups[group]) set(commit, group);
    for (size_t at = count; at-- > 0;)
      for (const uint32_t parent : commits.parents(commits.items()[at]))
        if (parent != UINT32_MAX) add_bits(bits[at], bits[parent]);
    for (uint32_t ref = 0; ref < refs.size(); ++ref) each_bit(bits[refs[ref].commit], [&](size_t bit) { reached[first + bit].push_back(ref); });
  }
  return reached;
}

}  // namespace

void attribute(const CommitList& commits, const std::vector<RefPosition>& refs, std::vector<Introduction> introductions,
               const PathPolicy& policy, ScanResult& result) {
  std::sort(introductions.begin(), introductions.end(), [](const Introduction& a, const Introduction& b) {
    return std::tie(a.rule, a.blob, a.path, a.commit) < std::tie(b.rule, b.blob, b.path, b.commit);
  });

  // Runs of the same finding; their commits, the same sets made one.
  std::map<std::vector<uint32_t>, uint32_t> group_of;
  std::vector<std::vector<uint32_t>> groups;
  struct Run {
    size_t begin;
    uint32_t group;
  };
  std::vector<Run> runs;
  for (size_t begin = 0; begin < introductions.size();) {
    size_t end = begin;
    std::vector<uint32_t> members;
    const Introduction& first = introductions[begin];
    for (; end < introductions.size(); ++end) {
      const Introduction& next = introductions[end];
      if (next.rule != first.rule || next.blob != first.blob || next.path != first.path) break;
      if (members.empty() || members.back() != next.commit) members.push_back(next.commit);
    }
    const auto [slot, fresh] = group_of.try_emplace(std::move(members), static_cast<uint32_t>(groups.size()));
    if (fresh) groups.push_back(slot->first);
    runs.push_back({begin, slot->second});
    begin = end;
  }

  const auto reached = reaching_refs(commits, refs, groups);
  if (result.ref_groups.empty()) result.ref_groups.emplace_back();
  std::map<std::vector<uint32_t>, uint32_t> ref_group_of{{{}, 0}};
  std::vector<uint32_t> ref_group(groups.size());
  for (size_t group = 0; group < groups.size(); ++group) {
    const auto [slot, fresh] = ref_group_of.try_emplace(reached[group], static_cast<uint32_t>(result.ref_groups.size()));
    if (fresh) {
      std::vector<std::string> names;
      for (const uint32_t ref : reached[group]) names.push_back(refs[ref].name);
      result.ref_groups.push_back(std::move(names));
    }
    ref_group[group] = slot->second;
  }

  for (const Run& run : runs) {
    const Introduction& first = introductions[run.begin];
    Finding finding;
    finding.rule = first.rule;
    finding.severity = first.severity;
    finding.path = first.path;
    finding.message = first.message;
    finding.size = first.size;
    finding.limit = first.limit;
    finding.refs = ref_group[run.group];
    const CommitList::Item* oldest = nullptr;
    for (const uint32_t commit : groups[run.group]) {
      const CommitList::Item& item = commits.items()[commit];
      if (item.oid.is_zero()) continue;  // a tree that no commit holds
      if (!oldest || std::tie(item.committer_date, item.oid) < std::tie(oldest->committer_date, oldest->oid)) oldest = &item;
    }
    if (!first.blob.is_zero()) {
      finding.blob = first.blob;
      if (oldest) finding.commit = oldest->oid;
    }
    // The largest of several counts at one directory.
    for (size_t at = run.begin; at < introductions.size() && first.blob.is_zero() && introductions[at].rule == first.rule &&
                                introductions[at].blob == first.blob && introductions[at].path == first.path; ++at)
      finding.size = std::max(finding.size, introductions[at].size);
    explain(finding, first.symlink, policy, result.source);
    if (const config::Allowance* allowance = policy.allowance(finding.path, finding.blob)) {
      finding.reason = allowance->reason;
      result.allowed.push_back(std::move(finding));
    } else {
      result.findings.push_back(std::move(finding));
    }
  }
}

}  // namespace lfsguard::scanner
