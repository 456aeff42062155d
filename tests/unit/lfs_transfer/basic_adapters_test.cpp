#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "lfs/store/object_insert.h"
#include "lfs/transfer/basic_download.h"
#include "lfs/transfer/basic_upload.h"
#include "tests/unit/lfs_transfer/adapter_conformance.h"

namespace lfsguard::lfs {
namespace {

namespace fs = std::filesystem;

const std::string kContent = "the object's bytes\n";
const Oid kOid = *Oid::from_hex(sha256_hex(kContent));

struct Fixture {
  std::string path;
  ScriptedHttp http;
  ClientConfig config = ClientConfig::from({});
  Endpoint endpoint;
  std::optional<Authenticator> authenticator;
  TransferOptions options;
  ObjectStore store;

  Fixture() : path(make()), store(ObjectStore::at(layout(path))) {
    endpoint.url = "https://h/lfs";
    authenticator.emplace(http, config, endpoint, Authenticator::Seams{});
  }
  ~Fixture() { fs::remove_all(path); }
  static std::string make() {
    char name[] = "/tmp/lfsguard-adapter-XXXXXX";
    return ::mkdtemp(name);
  }
  static git::RepositoryLayout layout(const std::string& git_dir) {
    git::RepositoryLayout result;
    result.git_dir = result.common_dir = git_dir;
    result.object_dir = git_dir + "/objects";
    return result;
  }
  void put_object(const std::string& content) {
    bool given = false;
    REQUIRE(insert_object(store, [&](char* buffer, size_t) -> Result<size_t> {
              if (std::exchange(given, true)) return size_t{0};
              std::memcpy(buffer, content.data(), content.size());
              return content.size();
            }).has_value());
  }
  AdapterCase upload_case() {
    BatchObject actions{kOid, kContent.size(), false, {{"upload", {"https://h/u?X-Amz-Signature=1", {{"X-Own", "1"}}, {}}}}, 0, ""};
    return {http,
            [this] { return std::make_unique<BasicUpload>(*authenticator, store, options); },
            {kOid, kContent.size(), "p", ""},
            actions,
            "upload",
            [](HttpRequest&) { return answered(200); }};
  }
  AdapterCase download_case() {
    BatchObject actions{kOid, kContent.size(), false, {{"download", {"https://h/d?X-Amz-Signature=1", {}, {}}}}, 0, ""};
    return {http,
            [this] { return std::make_unique<BasicDownload>(*authenticator, store, options); },
            {kOid, kContent.size(), "p", ""},
            actions,
            "download",
            [](HttpRequest&) { return answered(200, kContent); }};
  }
  std::string part() const { return store.incomplete_dir() + "/" + kOid.hex() + ".part"; }
};

}  // namespace

TEST_CASE("basic upload does what every adapter must") {
  Fixture fixture;
  fixture.put_object(kContent);
  check_conformance(fixture.upload_case());
}

TEST_CASE("basic download does what every adapter must") {
  Fixture fixture;
  check_conformance(fixture.download_case());
  CHECK(*read_file(fixture.store.path_of(kOid)) == kContent);
  CHECK_FALSE(fs::exists(fixture.part()));
}

TEST_CASE("basic upload sends the bytes with the action's headers and a content type") {
  Fixture fixture;
  fixture.put_object(kContent);
  AdapterCase test = fixture.upload_case();
  (void)attempt(test, test.fine);
  REQUIRE(fixture.http.seen.size() == 1);
  const HttpRequest& sent = fixture.http.seen[0];
  CHECK(sent.method == "PUT");
  CHECK(sent.body == kContent);
  CHECK(header_value(sent.headers, "x-own") == "1");
  CHECK(header_value(sent.headers, "content-type") == "application/octet-stream");
  CHECK_FALSE(sent.chunked);
  test.actions.actions["upload"].headers = {
      {"Content-Type", "x/y"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}};
  (void)attempt(test, test.fine);
  CHECK(fixture.http.seen[1].headers == HeaderList{{"Content-Type", "x/y"}});
  CHECK(fixture.http.seen[1].chunked);
}

TEST_CASE("basic upload of an object that is missing or damaged gives up") {
  Fixture fixture;
  AdapterCase test = fixture.upload_case();
  CHECK(attempt(test, test.fine).outcome.error.kind == ErrorKind::not_found);
  fixture.put_object(kContent);
  fs::permissions(fixture.store.path_of(kOid), fs::perms::owner_all);
  std::ofstream(fixture.store.path_of(kOid)) << std::string(kContent.size(), 'x');
  const Attempted damaged = attempt(test, test.fine);
  CHECK(damaged.outcome.next == Outcome::Next::give_up);
  CHECK(damaged.outcome.error.kind == ErrorKind::corrupt);
}

TEST_CASE("basic download goes on behind what an earlier run left") {
  Fixture fixture;
  REQUIRE(make_store_folder(fixture.store, fixture.store.incomplete_dir()).has_value());
  std::ofstream(fixture.part()) << kContent.substr(0, 7);
  AdapterCase test = fixture.download_case();
  const Attempted done = attempt(test, [](HttpRequest& request) {
    CHECK(header_value(request.headers, "range") == "bytes=7-");
    return answered(206, kContent.substr(7), {{"Content-Range", "bytes 7-18/19"}});
  });
  CHECK(done.outcome.next == Outcome::Next::done);
  CHECK(*read_file(fixture.store.path_of(kOid)) == kContent);
}

TEST_CASE("basic download starts again on 200, on 416, and on a range that was not asked for") {
  Fixture fixture;
  REQUIRE(make_store_folder(fixture.store, fixture.store.incomplete_dir()).has_value());
  AdapterCase test = fixture.download_case();
  std::ofstream(fixture.part()) << "garbage";
  CHECK(attempt(test, [](HttpRequest&) { return answered(416); }).outcome.next == Outcome::Next::retry);
  CHECK(fs::file_size(fixture.part()) == 0);
  std::ofstream(fixture.part()) << "garbage";
  const Attempted other = attempt(test, [](HttpRequest&) {
    return answered(206, kContent.substr(3), {{"Content-Range", "bytes 3-18/19"}});
  });
  CHECK(other.outcome.next == Outcome::Next::retry);
  CHECK(fs::file_size(fixture.part()) == 0);
  std::ofstream(fixture.part()) << "garbage";
  CHECK(attempt(test, test.fine).outcome.next == Outcome::Next::done);
}

TEST_CASE("basic download throws wrong bytes away, tries again, and gives up in the end") {
  Fixture fixture;
  AdapterCase test = fixture.download_case();
  const std::unique_ptr<TransferAdapter> adapter = test.make();
  test.http.answer = [](HttpRequest&) { return answered(200, std::string(kContent.size(), 'x')); };
  std::vector<Outcome::Next> outcomes;
  for (int i = 0; i < 3; ++i) {
    adapter->start(
        test.object, test.actions, [](uint64_t) {}, [&](Outcome outcome) { outcomes.push_back(outcome.next); });
    while (test.http.running() > 0) test.http.wait(std::chrono::milliseconds(1));
    CHECK_FALSE(fs::exists(fixture.part()));
  }
  CHECK(outcomes == std::vector<Outcome::Next>{Outcome::Next::retry, Outcome::Next::retry, Outcome::Next::give_up});
  CHECK_FALSE(fixture.store.contains(kOid));
}

TEST_CASE("more bytes than the object has are refused") {
  Fixture fixture;
  AdapterCase test = fixture.download_case();
  CHECK(attempt(test, [](HttpRequest&) { return answered(200, kContent + "more"); }).outcome.next ==
        Outcome::Next::retry);
  CHECK_FALSE(fixture.store.contains(kOid));
}

TEST_CASE("an object that another process is downloading is looked at again a second later") {
  Fixture fixture;
  AdapterCase test = fixture.download_case();
  AdapterCase other = fixture.download_case();
  Attempted second;
  const Attempted first = attempt(test, [&](HttpRequest&) {
    const std::unique_ptr<TransferAdapter> adapter = other.make();
    adapter->start(
        other.object, other.actions, [](uint64_t) {}, [&](Outcome outcome) { second.outcome = std::move(outcome); });
    return answered(200, kContent);
  });
  CHECK(first.outcome.next == Outcome::Next::done);
  CHECK(second.outcome.next == Outcome::Next::retry);
  CHECK(second.outcome.retry_after == std::chrono::seconds(1));
}

}  // namespace lfsguard::lfs
