#include "base/sha1_lanes.h"

#include <random>
#include <string>

#include "base/sha256.h"
#include "tests/support/catch.h"

namespace lfsguard {
namespace {

std::vector<ObjectId> one_by_one(const std::string& type, const std::vector<std::string_view>& contents) {
  std::vector<ObjectId> ids;
  for (const std::string_view content : contents) ids.push_back(hash_object(type, content));
  return ids;
}

TEST_CASE("many objects at once get the ids that OpenSSL gives each, at every length around the ends of blocks") {
  std::mt19937 random(5);
  std::string bytes(400 + 16 * 3, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (const std::string type : {"blob", "tree", "commit", "tag"}) {
    for (size_t size = 0; size < 300; ++size) {
      std::vector<std::string_view> contents;
      for (size_t lane = 0; lane < 16; ++lane) contents.push_back(std::string_view(bytes).substr(lane * 3, size + lane % 3));
      REQUIRE(hash_objects(type, contents) == one_by_one(type, contents));
    }
  }
}

TEST_CASE("objects of any lengths and any number get their own ids, in order") {
  std::mt19937 random(7);
  std::string bytes(70000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (size_t count = 0; count < 70; ++count) {
    std::vector<std::string_view> contents;
    const size_t most = count % 2 ? 70000 : 500;
    for (size_t i = 0; i < count; ++i) {
      const size_t begin = random() % 100;
      contents.push_back(std::string_view(bytes).substr(begin, random() % (most - begin)));
    }
    REQUIRE(hash_objects("tree", contents) == one_by_one("tree", contents));
  }
}

}  // namespace
}  // namespace lfsguard
