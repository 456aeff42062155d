// What docs/decisions.md says of two parts of a rewrite, against what they replace, in one run: ids of many trees at once, and commits deflated with codes that
// are made once. `tests/bench/run primitives` builds and runs it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/sha1_lanes.h"
#include "base/sha256.h"
#include "git/objects/pack_writer.h"

namespace {

using namespace lfsguard;

double seconds_of(const auto& work) {
  const auto started = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

void ids() {
  std::mt19937_64 random(1);
  std::vector<std::string> trees;
  for (size_t i = 0; i < 64; ++i) {
    trees.emplace_back(18000 + random() % 1000, '\0');
    for (char& byte : trees.back()) byte = static_cast<char>(random());
  }
  const std::vector<std::string_view> contents(trees.begin(), trees.end());
  bool same = true;
  const double together = seconds_of([&] {
    for (int round = 0; round < 300; ++round) same = same && hash_objects("tree", contents).size() == contents.size();
  });
  const double apart = seconds_of([&] {
    for (int round = 0; round < 300; ++round)
      for (const std::string_view content : contents) same = same && !hash_object("tree", content).is_zero();
  });
  if (!same) std::abort();
  fmt::print("ids of 64 trees of 18 KB at once against one by one: {:.2f}x as fast\n", apart / together);
}

std::string commit(std::mt19937_64& random) {
  static const std::vector<std::string> words = [] {
    std::mt19937 letters(3);
    std::vector<std::string> made(4000);
    for (std::string& word : made)
      for (size_t length = 2 + letters() % 8; length > 0; --length) word += "etaoinshrdlucmfwypvbgk"[std::min(letters() % 22, letters() % 22)];
    return made;
  }();
  const auto id = [&] { return fmt::format("{:016x}{:016x}{:08x}", random(), random(), static_cast<uint32_t>(random())); };
  std::string text = "tree " + id() + "\nparent " + id() + "\n";
  const std::string person = fmt::format("Some Body{} <somebody{}@example.org> {} +0200", random() % 900, random() % 900, 1200000000 + random() % 500000000);
  text += "author " + person + "\ncommitter " + person + "\n\n";
  for (size_t left = 10 + random() % 80; left > 0; --left) text.append(words[std::min({random() % 4000, random() % 4000, random() % 4000})]).append(left % 9 ? " " : "\n");
  return text + "\nSigned-off-by: " + person + "\n";
}

void commits() {
  std::mt19937_64 random(2);
  std::vector<std::string> texts;
  for (size_t i = 0; i < 80000; ++i) texts.push_back(commit(random));
  const std::string folder = std::filesystem::temp_directory_path() / fmt::format("lfsguard-bench-{:x}", std::random_device()());
  double times[2];
  uint64_t bytes[2];
  for (const bool codes : {false, true}) {
    auto pack = git::PackWriter::create(folder);
    if (!pack) std::abort();
    if (codes) {
      std::string sample;
      for (size_t i = 0; i < 1000; ++i) sample += texts[i];
      (*pack)->learn(sample);
    }
    std::vector<ObjectId> oids;
    for (const std::string& text : texts) oids.push_back(hash_object("commit", text));
    times[codes] = seconds_of([&] {
      for (size_t i = 0; i < texts.size(); ++i)
        if (!(*pack)->add(git::ObjectType::commit, oids[i], texts[i])) std::abort();
    });
    bytes[codes] = (*pack)->bytes();
  }
  std::filesystem::remove_all(folder);
  fmt::print("80,000 commits into a pack with codes made once against codes for each: {:.2f}x as fast ({:.3f} s against {:.3f} s), {:.2f}x the bytes\n", times[0] / times[1], times[1],
             times[0], static_cast<double>(bytes[1]) / static_cast<double>(bytes[0]));
}

}  // namespace

int main() {
  ids();
  commits();
}
