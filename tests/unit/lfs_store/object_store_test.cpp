#include "lfs/store/object_store.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"

namespace lfsguard::lfs {
namespace {

namespace fs = std::filesystem;

struct TemporaryFolder {
  std::string path;
  TemporaryFolder() {
    char name[] = "/tmp/lfsguard-store-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TemporaryFolder() { fs::remove_all(path); }
};

void write(const std::string& path, std::string_view text) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

git::RepositoryLayout layout_of(const std::string& git_dir) {
  git::RepositoryLayout layout;
  layout.git_dir = layout.common_dir = git_dir;
  layout.object_dir = git_dir + "/objects";
  return layout;
}

const std::string kHex = "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4";
const std::string kTail = "/98/ea/" + kHex;

}  // namespace

TEST_CASE("an object lies under the first two pairs of digits of its id") {
  const ObjectStore store = ObjectStore::at(layout_of("/r/.git"));
  CHECK(store.path_of(*Oid::from_hex(kHex)) == "/r/.git/lfs/objects" + kTail);
  CHECK(store.tmp_dir() == "/r/.git/lfs/tmp");
  CHECK(store.incomplete_dir() == "/r/.git/lfs/incomplete");
}

TEST_CASE("lfs.storage moves the store: absolute, or relative to the common git directory") {
  CHECK(ObjectStore::at(layout_of("/r/.git"), "/big/").root() == "/big");
  CHECK(ObjectStore::at(layout_of("/r/.git"), "a/b").root() == "/r/.git/a/b");
}

TEST_CASE("an object is present in the store or an alternate, with the size asked for") {
  TemporaryFolder folder;
  const Oid oid = *Oid::from_hex(kHex);
  write(folder.path + "/a/.git/objects/info/alternates", "# note\n\"" + folder.path + "/b\\040c/objects\"\n");
  const ObjectStore store = ObjectStore::at(layout_of(folder.path + "/a/.git"));
  CHECK_FALSE(store.contains(oid));
  CHECK_FALSE(store.has_any_object());

  fs::create_directories(folder.path + "/b c/objects");
  write(folder.path + "/b c/lfs/objects" + kTail, "hi\n");
  CHECK(store.contains(oid));
  CHECK(store.contains(oid, 3));
  CHECK_FALSE(store.contains(oid, 4));
  CHECK_FALSE(store.has_any_object());

  write(folder.path + "/a/.git/lfs/objects" + kTail, "hi\n");
  CHECK(store.find(oid, 3) == folder.path + "/a/.git/lfs/objects" + kTail);
  CHECK(store.has_any_object());
}

TEST_CASE("alternates of alternates count, relative ones from the folder that names them") {
  TemporaryFolder folder;
  write(folder.path + "/a/objects/info/alternates", "../../b/objects\n");
  write(folder.path + "/b/objects/info/alternates", "../../c/objects\n");
  fs::create_directories(folder.path + "/c/objects");
  write(folder.path + "/c/lfs/objects" + kTail, "hi\n");
  CHECK(ObjectStore::at(layout_of(folder.path + "/a")).contains(*Oid::from_hex(kHex), 3));
}

TEST_CASE("the empty object is always present") {
  CHECK(ObjectStore::at(layout_of("/nowhere")).contains(Oid::of_empty_content(), 0));
}

TEST_CASE("core.sharedRepository decides modes as git-lfs does") {
  CHECK(SharedModes::parse("group").file_mode(0600) == 0660);
  CHECK(SharedModes::parse("group").folder_mode(0600) == 0770);
  CHECK(SharedModes::parse("all").file_mode(0600) == 0664);
  CHECK(SharedModes::parse("0640").file_mode(0644) == 0640);
  CHECK(SharedModes::parse("0640").folder_mode(0644) == 0750);
  CHECK(SharedModes::parse("umask").file_mode(0644) == 0644);
  CHECK(SharedModes::parse("umask").folder_mode(0600) == 0700);
}

}  // namespace lfsguard::lfs
