// Random repositories for the attributes tests: attributes files full of oddities, and paths that often meet their
// patterns.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace lfsguard::fuzz {

struct GeneratedRepository {
  bool ignore_case = false;
  std::string info;
  std::string global;
  std::map<std::string, std::string> files;  // directory ("" or "a/b/") → content of its .gitattributes
  std::vector<std::string> ignore_patterns;  // no newlines, no trailing spaces, no leading '#'
  std::vector<std::string> paths;
};

class AttributesGenerator {
 public:
  explicit AttributesGenerator(uint64_t seed) : random_(seed) {}
  GeneratedRepository repository(size_t path_count);

 private:
  uint64_t below(uint64_t limit) { return random_() % limit; }
  bool one_in(uint64_t n) { return below(n) == 0; }
  template <typename Items>
  auto pick(const Items& items) {
    return items[below(std::size(items))];
  }
  std::string component();
  std::string path(unsigned depth);
  std::string pattern();
  std::string mutated(std::string text);
  std::string bracket();
  std::string token();
  std::string line(bool macros);
  std::string file(bool macros);
  std::string quoted(const std::string& pattern);

  std::mt19937_64 random_;
  std::vector<std::string> paths_;
};

}  // namespace lfsguard::fuzz
