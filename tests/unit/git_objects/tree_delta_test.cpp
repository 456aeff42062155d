#include "git/objects/tree_delta.h"

#include <random>

#include "git/objects/delta.h"
#include "git/objects/tree_diff.h"
#include "tests/support/catch.h"

using namespace lfsguard::git;

namespace {

std::string entry(const std::string& mode, const std::string& name, char fill) { return mode + " " + name + std::string(1, '\0') + std::string(20, fill); }

std::string random_tree(std::mt19937& random) {
  std::string tree;
  for (int i = 0; i < 60; ++i)
    if (random() % 4) tree += entry(random() % 5 ? "100644" : "40000", "name" + std::to_string(1000 + i), static_cast<char>(random() % 3));
  return tree;
}

}  // namespace

TEST_CASE("a tree delta makes the result out of the base, whatever the two are") {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    const std::string base = random_tree(random), result = random_tree(random);
    const std::string delta = tree_delta(base, result);
    std::string made(result.size(), 'x');
    REQUIRE(apply_delta(base, reinterpret_cast<const uint8_t*>(delta.data()), delta.size(), reinterpret_cast<uint8_t*>(made.data()), made.size()));
    REQUIRE(made == result);
  }
}

TEST_CASE("a delta of neighbouring versions is short") {
  std::string base, result;
  for (int i = 0; i < 500; ++i) base += entry("100644", "name" + std::to_string(1000 + i), 'a');
  result = base;
  result.replace(result.size() / 2 - result.size() / 2 % 36, 36, entry("100644", "name1250", 'b'));
  CHECK(tree_delta(base, result).size() < 80);
}

TEST_CASE("the difference of two trees is every entry that is not in the older one byte for byte") {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const std::string older = random_tree(random), newer = random_tree(random);
    std::vector<ChangedEntry> changes;
    REQUIRE(diff_trees(newer, older, changes));
    std::vector<std::string> expected, found;
    const auto all = [](const std::string& tree) {
      std::vector<TreeEntry> entries;
      TreeReader reader(tree);
      TreeEntry each;
      while (reader.next(each)) entries.push_back(each);
      return entries;
    };
    const auto old_entries = all(older);
    for (const TreeEntry& each : all(newer)) {
      bool same = false;
      for (const TreeEntry& old : old_entries) same |= old.bytes == each.bytes;
      if (!same) expected.emplace_back(each.bytes);
    }
    for (const ChangedEntry& change : changes) {
      found.emplace_back(change.entry.bytes);
      for (const TreeEntry& old : old_entries)
        if (old.name == change.entry.name && old.is_tree() == change.entry.is_tree()) CHECK(change.old.bytes == old.bytes);
    }
    REQUIRE(found == expected);
  }
}

TEST_CASE("trees out of order are compared by name") {
  const std::string older = entry("100644", "z", 'a') + entry("100644", "b", 'a') + entry("100644", "m", 'a');
  const std::string newer = entry("100644", "z", 'a') + entry("100644", "a", 'n') + entry("100644", "m", 'a') + entry("100644", "b", 'a');
  std::vector<ChangedEntry> changes;
  REQUIRE(diff_trees(newer, older, changes));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].entry.name == "a");
}

TEST_CASE("bytes that are no tree are said to be none") {
  std::vector<ChangedEntry> changes;
  CHECK_FALSE(diff_trees("100644 cut short", "", changes));
  CHECK_FALSE(diff_trees(entry("100644", "a", 'a') + "x", entry("100644", "a", 'a'), changes));
}
