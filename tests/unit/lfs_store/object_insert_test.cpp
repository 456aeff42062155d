#include "lfs/store/object_insert.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "lfs/store/clean.h"
#include "tests/support/catch.h"

namespace lfsguard::lfs {
namespace {

namespace fs = std::filesystem;

struct TemporaryStore {
  std::string path;
  ObjectStore store;
  explicit TemporaryStore(SharedModes modes = {}) : path(make()), store(ObjectStore::at(layout(path), {}, modes)) {}
  ~TemporaryStore() { fs::remove_all(path); }
  static std::string make() {
    char name[] = "/tmp/lfsguard-insert-XXXXXX";
    return ::mkdtemp(name);
  }
  static git::RepositoryLayout layout(const std::string& git_dir) {
    git::RepositoryLayout result;
    result.git_dir = result.common_dir = git_dir;
    result.object_dir = git_dir + "/objects";
    return result;
  }
  size_t files_in(const std::string& folder) const {
    size_t count = 0;
    if (fs::exists(folder))
      for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file();
    return count;
  }
};

ByteSource text_source(std::string text) {
  return [text = std::move(text), at = size_t{0}](char* buffer, size_t size) mutable -> Result<size_t> {
    const size_t n = std::min(size, text.size() - at);
    std::memcpy(buffer, text.data() + at, n);
    at += n;
    return n;
  };
}

std::string random_bytes(size_t size, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(generator());
  return bytes;
}

}  // namespace

TEST_CASE("content of every size around the block size is stored under its SHA-256, and tmp is left empty") {
  TemporaryStore here;
  constexpr size_t kBlock = 2 << 20;
  for (const size_t size : {size_t{1}, size_t{1023}, size_t{1024}, size_t{4096}, kBlock - 1, kBlock, kBlock + 1,
                            2 * kBlock, 17 * kBlock, 17 * kBlock + 4097}) {
    INFO(size);
    const std::string content = random_bytes(size, static_cast<unsigned>(size));
    const Result<Digested> digested = insert_object(here.store, text_source(content));
    REQUIRE(digested.has_value());
    CHECK(digested->oid.hex() == sha256_hex(content));
    CHECK(digested->size == size);
    CHECK(*read_file(here.store.path_of(digested->oid)) == content);
  }
  CHECK(here.files_in(here.store.tmp_dir()) == 0);
}

TEST_CASE("nothing is stored for no bytes") {
  TemporaryStore here;
  const Result<Cleaned> cleaned = clean(here.store, text_source(""));
  REQUIRE(cleaned.has_value());
  CHECK(cleaned->output == "");
  CHECK_FALSE(here.store.has_any_object());
}

TEST_CASE("an object that is there already is not replaced") {
  TemporaryStore here;
  const Result<Digested> first = insert_object(here.store, text_source("hi\n"));
  struct stat before {
  }, after{};
  REQUIRE(::stat(here.store.path_of(first->oid).c_str(), &before) == 0);
  REQUIRE(insert_object(here.store, text_source("hi\n")).has_value());
  REQUIRE(::stat(here.store.path_of(first->oid).c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("a truncated object is replaced by a whole one under a new inode") {
  TemporaryStore here;
  const Result<Digested> first = insert_object(here.store, text_source("hi\n"));
  const std::string path = here.store.path_of(first->oid);
  const int reader = ::open(path.c_str(), O_RDONLY);
  REQUIRE(::truncate(path.c_str(), 1) == 0);
  REQUIRE(insert_object(here.store, text_source("hi\n")).has_value());
  CHECK(*read_file(path) == "hi\n");
  CHECK(*read_all(reader, "old") == "h");
  ::close(reader);
}

TEST_CASE("a source that fails leaves nothing behind, and its own error is the one told") {
  TemporaryStore here;
  int calls = 0;
  const ByteSource broken = [&](char* buffer, size_t size) -> Result<size_t> {
    if (++calls == 4) return fail(ErrorKind::network, "line cut");
    std::memset(buffer, 'x', size);
    return size;
  };
  const Result<Digested> digested = insert_object(here.store, broken);
  REQUIRE_FALSE(digested.has_value());
  CHECK(digested.error().what == "line cut");
  CHECK(here.files_in(here.path) == 0);
}

TEST_CASE("eight threads may insert the same objects at once") {
  TemporaryStore here;
  const std::string content = random_bytes(5 << 20, 7);
  std::vector<std::thread> threads;
  std::atomic<int> fine{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { fine += insert_object(here.store, text_source(content)).has_value(); });
  for (std::thread& thread : threads) thread.join();
  CHECK(fine == 8);
  CHECK(here.files_in(here.store.objects_dir()) == 1);
  CHECK(here.files_in(here.store.tmp_dir()) == 0);
}

TEST_CASE("a file is adopted only when its size and hash are those of the object") {
  TemporaryStore here;
  REQUIRE(make_store_folder(here.store, here.store.incomplete_dir()).has_value());
  const std::string part = here.store.incomplete_dir() + "/x.part";
  std::ofstream(part) << "hi\n";
  const Oid right = *Oid::from_hex(sha256_hex("hi\n"));
  const Status wrong = adopt_file(here.store, part, *Oid::from_hex(sha256_hex("ho\n")), 3);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().kind == ErrorKind::corrupt);
  CHECK(fs::exists(part));
  REQUIRE(adopt_file(here.store, part, right, 3).has_value());
  CHECK_FALSE(fs::exists(part));
  CHECK(here.store.contains(right, 3));
}

TEST_CASE("an alternate's object is brought into the store, and a missing one is named") {
  TemporaryStore lender;
  const Result<Digested> object = insert_object(lender.store, text_source("lent\n"));
  TemporaryStore here;
  fs::create_directories(here.path + "/objects/info");
  fs::create_directories(lender.path + "/objects");
  std::ofstream(here.path + "/objects/info/alternates") << lender.path << "/objects\n";
  const ObjectStore store = ObjectStore::at(TemporaryStore::layout(here.path));
  const Result<std::string> path = bring_in(store, object->oid, 5);
  REQUIRE(path.has_value());
  CHECK(*path == store.path_of(object->oid));
  CHECK(*read_file(*path) == "lent\n");
  const Result<std::string> missing = bring_in(store, Oid::of_empty_content(), 1);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == ErrorKind::not_found);
  CHECK(missing.error().subject == Oid::of_empty_content().hex());
}

TEST_CASE("core.sharedRepository gives its modes to objects and their folders") {
  const mode_t old = ::umask(077);
  TemporaryStore here(SharedModes::parse("group"));
  const Result<Digested> object = insert_object(here.store, text_source("hi\n"));
  ::umask(old);
  struct stat info {};
  const std::string path = here.store.path_of(object->oid);
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0660);
  REQUIRE(::stat(fs::path(path).parent_path().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0770);
}

TEST_CASE("clean passes a pointer through and makes an object of anything else") {
  TemporaryStore here;
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\r\noid sha256:" + sha256_hex("hi\n") + "\r\nsize 3\r\n";
  const Result<Cleaned> passed = clean(here.store, text_source(pointer));
  REQUIRE(passed.has_value());
  CHECK(passed->output == pointer);
  CHECK_FALSE(passed->stored);
  const std::string longer = pointer + std::string(2000, ' ');
  const Result<Cleaned> made = clean(here.store, text_source(longer));
  REQUIRE(made.has_value());
  CHECK(made->output == "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256_hex(longer) + "\nsize " +
                            std::to_string(longer.size()) + "\n");
  CHECK(*read_file(here.store.path_of(made->stored->oid)) == longer);
}

}  // namespace lfsguard::lfs
