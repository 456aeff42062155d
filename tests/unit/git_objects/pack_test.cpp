// Packs written by us as git sees them, and git's packs as we see them.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "base/subprocess.h"
#include "git/objects/object_reader.h"
#include "git/objects/pack_survey.h"
#include "git/objects/pack_writer.h"
#include "git/objects/tree_digest.h"
#include "git/process/git_command.h"
#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::git;

namespace {

struct Repository {
  std::string path;
  Repository() {
    char name[] = "/tmp/lfsguard-pack-test-XXXXXX";
    path = ::mkdtemp(name);
    git({"init", "-q", "-b", "main", "."});
  }
  ~Repository() { static_cast<void>(run(Command{{"rm", "-rf", path}})); }
  std::string git(std::vector<std::string> arguments, const std::string& input = "") const {
    Command command = git_command(std::move(arguments), path);
    command.environment = {"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t"};
    command.input = input;
    auto output = git_output(command);
    REQUIRE(output);
    return *output;
  }
  std::string objects() const { return path + "/.git/objects"; }
};

// What git says of every object: id -> "type size".
std::map<std::string, std::string> objects_by_git(const Repository& repository) {
  std::map<std::string, std::string> objects;
  const std::string listed = repository.git({"cat-file", "--batch-all-objects", "--batch-check"});
  for (const std::string_view line : split_lines(listed)) objects.emplace(line.substr(0, 40), line.substr(41));
  return objects;
}

void commit_versions(const Repository& repository, int versions) {
  std::string stream;
  for (int i = 1; i <= versions; ++i) {
    std::string text, other;
    for (int line = 0; line < 300; ++line) text += "line " + std::to_string(line == i ? -i : line) + "\n";
    other = "other " + std::to_string(i / 3) + "\n";
    stream += "commit refs/heads/main\ncommitter t <t> " + std::to_string(1500000000 + i) + " +0000\ndata 1\nm\n";
    stream += "M 100644 inline a/b/text\ndata " + std::to_string(text.size()) + "\n" + text + "\n";
    stream += "M 100644 inline other\ndata " + std::to_string(other.size()) + "\n" + other + "\n";
  }
  repository.git({"fast-import", "--quiet"}, stream);
}

}  // namespace

TEST_CASE("git accepts a pack that we wrote, deltas included, and reads what we put in") {
  const Repository repository;
  auto writer = PackWriter::create(repository.objects());
  REQUIRE(writer);
  const std::string base(3000, 'a'), result = base.substr(0, 1500) + "new" + base.substr(1500);
  const ObjectId base_oid = hash_object("blob", base), result_oid = hash_object("blob", result);
  const auto position = (*writer)->add(ObjectType::blob, base_oid, base);
  REQUIRE(position);
  // copy 1500 from 0, insert "new", copy 1500 from 1500
  std::string delta("\xb8\x17\xbb\x17", 4);
  delta += std::string("\xb0\xdc\x05", 3) + std::string("\x03new", 4) + std::string("\xb3\xdc\x05\xdc\x05", 5);
  REQUIRE((*writer)->add_delta(result_oid, *position, delta));
  CHECK(*(*writer)->add(ObjectType::blob, base_oid, base) == *position);
  const auto written = (*writer)->finish();
  REQUIRE(written);
  repository.git({"index-pack", "--verify", "--strict", written->pack_path});
  CHECK(repository.git({"cat-file", "blob", base_oid.hex()}) == base);
  CHECK(repository.git({"cat-file", "blob", result_oid.hex()}) == result);
}

TEST_CASE("a writer that is not finished leaves nothing") {
  const Repository repository;
  {
    auto writer = PackWriter::create(repository.objects());
    REQUIRE(writer);
    REQUIRE((*writer)->add(ObjectType::blob, hash_object("blob", "x"), "x"));
  }
  CHECK(repository.git({"count-objects", "-v"}).find("garbage: 0") != std::string::npos);
  auto empty = PackWriter::create(repository.objects());
  REQUIRE(empty);
  CHECK((*empty)->finish()->pack_path.empty());
}

TEST_CASE("a bit of a pack that changes on the disk is noticed before the pack has a name, also one that inflating skips") {
  const Repository repository;
  const std::string folder = repository.objects() + "/pack", small = "a small object";
  std::string large(2u << 20, '\0');  // more than waits in memory
  std::mt19937 random(1);
  for (char& byte : large) byte = static_cast<char>(random());
  const ObjectId small_oid = hash_object("blob", small), large_oid = hash_object("blob", large);
  constexpr size_t kCountAt = 8, kFirstObject = 12;
  for (size_t bit = 0; bit < (kFirstObject + 1 + small.size()) * 8; ++bit) {
    if (bit / 8 >= kCountAt && bit / 8 < kFirstObject) continue;  // put in at the end
    auto writer = PackWriter::create(repository.objects());
    REQUIRE(writer);
    REQUIRE((*writer)->add(ObjectType::blob, small_oid, small));
    REQUIRE((*writer)->add(ObjectType::blob, large_oid, large));
    std::fstream file(std::filesystem::directory_iterator(folder)->path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(bit / 8));
    const auto changed = static_cast<char>(file.get() ^ 1 << bit % 8);
    file.seekp(static_cast<std::streamoff>(bit / 8));
    file.put(changed);
    file.close();
    REQUIRE(file);
    const auto written = (*writer)->finish();
    INFO("bit " << bit);
    REQUIRE(!written);
    CHECK(written.error().kind == ErrorKind::corrupt);
    writer->reset();
    CHECK(std::filesystem::is_empty(folder));
  }
}

TEST_CASE("every object of git's packs is read as git reads it, whatever the index version and with or without .rev") {
  const Repository repository;
  commit_versions(repository, 60);
  for (const char* version : {"1", "2"}) {
    repository.git({"-c", std::string("pack.indexVersion=") + version, "-c", "pack.writeReverseIndex=true", "repack", "-q", "-adf", "--depth=40"});
    const auto expected = objects_by_git(repository);
    const auto database = ObjectDatabase::open(repository.objects());
    REQUIRE(database);
    ObjectReader reader(**database);
    for (const auto& [hex, what] : expected) {
      const ObjectId oid = *ObjectId::from_hex(hex);
      const auto header = reader.header(oid);
      REQUIRE(header);
      CHECK(std::string(name_of(header->type)) + " " + std::to_string(header->size) == what);
      const auto object = reader.read(oid);
      REQUIRE(object);
      CHECK(hash_object(name_of(object->type), object->view()) == oid);
    }
    const auto survey = survey_pack(*(*database)->sources()[0].packs[0], {300, false});
    REQUIRE(survey);
    CHECK(survey->objects == expected.size());
    size_t blobs = 0, large = 0;
    for (const auto& [hex, what] : expected) {
      blobs += what.starts_with("blob ");
      large += what.starts_with("blob ") && std::stoul(what.substr(5)) >= 300;
    }
    CHECK(survey->blobs == blobs);
    CHECK(survey->large.size() == large);
    CHECK(large == 60);
  }
}

TEST_CASE("a multi-pack index, alternates and loose objects are found alike") {
  const Repository first, second;
  commit_versions(first, 5);
  first.git({"repack", "-q", "-d"});
  commit_versions(first, 9);
  first.git({"repack", "-q", "-d"});
  first.git({"multi-pack-index", "write"});
  const std::string loose = first.git({"hash-object", "-w", "--stdin"}, "loose\n").substr(0, 40);
  REQUIRE(write_all(open_file(second.objects() + "/info/alternates", 0101 | 01000, 0666)->get(), first.objects() + "\n", "alternates"));
  const auto database = ObjectDatabase::open(second.objects());
  REQUIRE(database);
  REQUIRE((*database)->sources().size() == 2);
  CHECK((*database)->sources()[1].multi_pack_index.has_value());
  for (const auto& [hex, what] : objects_by_git(first)) CHECK((*database)->contains(*ObjectId::from_hex(hex)));
  CHECK((*database)->contains(*ObjectId::from_hex(loose)));
  CHECK_FALSE((*database)->contains(ObjectId{}));
}

TEST_CASE("digested trees lead to an interesting blob exactly where git finds it") {
  const Repository repository;
  commit_versions(repository, 1200);  // enough objects for a pack to be digested
  repository.git({"repack", "-q", "-adf"});
  const std::string listed = repository.git({"log", "--format=%T", "main"});
  const ObjectId blob = *ObjectId::from_hex(repository.git({"rev-parse", "main~700:other"}).substr(0, 40));
  const auto database = ObjectDatabase::open(repository.objects());
  REQUIRE(database);
  const auto digest = TreeDigest::make(**database, {blob});
  REQUIRE(digest);
  size_t leading = 0;
  for (const std::string_view line : split_lines(listed)) {
    const ObjectId tree = *ObjectId::from_hex(line);
    const bool expected = repository.git({"ls-tree", std::string(line)}).find(blob.hex()) != std::string::npos;
    REQUIRE((digest->kind(tree) == TreeDigest::Kind::leads) == expected);
    leading += expected;
    if (!expected) REQUIRE(digest->kind(tree) == TreeDigest::Kind::clean);
    if (expected) CHECK(digest->content(tree) == "100644 other" + std::string(1, '\0') + std::string(blob.raw()));
  }
  CHECK(leading == 3);
}
