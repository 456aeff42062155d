#include "lfs/auth/authenticator.h"

#include <stdlib.h>

#include "lfs/auth/netrc.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_http.h"

namespace lfsguard::lfs {
namespace {

const std::string kApi = "https://h/r.git/info/lfs";

struct FakeHelper final : CredentialHelper {
  std::string password = "right", log;
  Result<Credential> fill(const Url& url) override {
    log += "fill ";
    return Credential{url.scheme, url.host, "", "alice", password};
  }
  void approve(const Credential&) override { log += "approve "; }
  void reject(const Credential&) override { log += "reject "; }
};

struct Fixture {
  ScriptedHttp http;
  FakeHelper helper;
  ClientConfig config;
  std::string remembered;
  Endpoint endpoint;
  explicit Fixture(std::vector<std::pair<std::string, std::string>> values = {}, std::string url = kApi)
      : config(ClientConfig::from(values)) {
    ::setenv("NETRC", "/nonexistent", 1);
    endpoint.url = std::move(url);
    // The server takes alice:right only.
    http.answer = [](HttpRequest& request) {
      const bool fine = header_value(request.headers, "authorization") == basic_authorization("alice", "right");
      return answered(fine ? 200 : 401);
    };
  }
  Authenticator make() {
    return Authenticator(
        http, config, endpoint,
        {&helper, [this](const std::string& key, const std::string& value) { remembered += key + "=" + value; }, {}});
  }
  HttpResponse call(Authenticator& authenticator, bool api = true, const std::string& url = kApi + "/objects/batch",
                    HeaderList headers = {}) {
    HttpRequest request;
    request.url = url;
    request.headers = std::move(headers);
    std::optional<HttpResponse> response;
    const auto done = [&](HttpResponse answer) { response = std::move(answer); };
    if (api)
      authenticator.submit_api(std::move(request), Operation::upload, done);
    else
      authenticator.submit_object(std::move(request), true, done);
    while (!response) http.wait(std::chrono::milliseconds(1));
    return *response;
  }
  std::string sent() const {
    std::string text;
    for (const HttpRequest& request : http.seen)
      text += header_value(request.headers, "authorization").value_or("none") + " ";
    return text;
  }
};

const std::string kRight = basic_authorization("alice", "right");

}  // namespace

TEST_CASE(
    "the first request goes without credentials; a 401 brings the helper's out, once, and what works is approved and "
    "kept") {
  Fixture fixture;
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator).status == 200);
  CHECK(fixture.call(authenticator).status == 200);
  CHECK(fixture.sent() == "none " + kRight + " " + kRight + " ");
  CHECK(fixture.helper.log == "fill approve ");
  CHECK(fixture.remembered == "lfs." + kApi + ".access=basic");
}

TEST_CASE("refused credentials are rejected, and nobody is asked again in this run") {
  Fixture fixture;
  fixture.helper.password = "wrong";
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator).error->kind == ErrorKind::auth);
  CHECK(fixture.call(authenticator).error->kind == ErrorKind::auth);
  CHECK(fixture.helper.log == "fill reject ");
}

TEST_CASE("lfs.<url>.access basic sends them with the first request") {
  Fixture fixture({{"lfs." + kApi + ".access", "basic"}});
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator).status == 200);
  CHECK(fixture.sent() == kRight + " ");
  CHECK(fixture.remembered.empty());
}

TEST_CASE("userinfo of the LFS URL goes before the git URL's, and both before the helper") {
  Fixture fixture({}, "https://alice:wrong@h/r.git/info/lfs");
  fixture.endpoint.git_url = "https://alice:right@h/r.git";
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator).status == 200);
  CHECK(fixture.sent() == "none " + basic_authorization("alice", "wrong") + " " + kRight + " ");
  CHECK(fixture.helper.log.empty());
}

TEST_CASE("userinfo for another host or scheme is not used") {
  Fixture fixture;
  fixture.endpoint.git_url = "http://alice:right@h/r.git";
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator).status == 200);
  CHECK(fixture.helper.log == "fill approve ");
}

TEST_CASE("the hub's token goes to hub hosts only") {
  ::setenv("HF_TOKEN", "hf_secret", 1);
  Fixture hub({}, "https://huggingface.co/o/r.git/info/lfs");
  hub.helper.password = "wrong";
  Authenticator authenticator = hub.make();
  (void)hub.call(authenticator, true, "https://huggingface.co/o/r.git/info/lfs/objects/batch");
  CHECK(hub.sent().find("Bearer hf_secret") != std::string::npos);
  Fixture other;
  Authenticator elsewhere = other.make();
  (void)other.call(elsewhere);
  CHECK(other.sent().find("hf_secret") == std::string::npos);
  ::unsetenv("HF_TOKEN");
}

TEST_CASE("a signed URL, or one with an Authorization header of its own, gets nothing of ours and is not tried again") {
  Fixture fixture({{"lfs." + kApi + ".access", "basic"}});
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator, false, "https://h/o?X-Amz-Signature=x").status == 401);
  CHECK(fixture.call(authenticator, false, "https://h/o", {{"Authorization", "Bearer x"}}).status == 401);
  CHECK(fixture.sent() == "none Bearer x ");
}

TEST_CASE(
    "an object's address on the API's host that says 401 although it was called authenticated gets the credentials") {
  Fixture fixture;
  Authenticator authenticator = fixture.make();
  CHECK(fixture.call(authenticator, false, "https://h/o").status == 200);
  CHECK(fixture.call(authenticator, false, "https://storage/o").status == 401);
}

TEST_CASE("git-lfs-authenticate is asked once and its header goes with every call") {
  Fixture fixture;
  fixture.endpoint.kind = Endpoint::Kind::ssh;
  fixture.endpoint.ssh = SshAddress{"git@h", "h", "", "r.git"};
  int asked = 0;
  Authenticator authenticator(fixture.http, fixture.config, fixture.endpoint,
                              {&fixture.helper, {}, [&](const SshAddress&, Operation) -> Result<SshAnswer> {
                                 ++asked;
                                 return SshAnswer{"https://api/lfs", {{"Authorization", kRight}}, {}};
                               }});
  CHECK(*authenticator.api_url(Operation::upload) == "https://api/lfs");
  CHECK(*authenticator.api_url(Operation::upload) == "https://api/lfs");
  CHECK(fixture.call(authenticator, true, "https://api/lfs/objects/batch").status == 200);
  CHECK(asked == 1);
  CHECK(fixture.sent() == kRight + " ");
}

TEST_CASE("a server without git-lfs-authenticate is reached at the usual HTTPS address") {
  Fixture fixture;
  fixture.endpoint.kind = Endpoint::Kind::ssh;
  fixture.endpoint.ssh = SshAddress{"git@h", "h", "", "r.git"};
  Authenticator authenticator(fixture.http, fixture.config, fixture.endpoint,
                              {&fixture.helper, {}, [](const SshAddress&, Operation) -> Result<SshAnswer> {
                                 return fail(ErrorKind::not_found, "none");
                               }});
  CHECK(*authenticator.api_url(Operation::upload) == kApi);
}

TEST_CASE("netrc: machines, default, macros, quotes") {
  const std::string text =
      "machine a login u password p\nmacdef m\nmachine x\n\nmachine b login \"v w\" password q\ndefault login d "
      "password e\n";
  CHECK(find_in_netrc(text, "a") == std::pair<std::string, std::string>("u", "p"));
  CHECK(find_in_netrc(text, "b") == std::pair<std::string, std::string>("v w", "q"));
  CHECK(find_in_netrc(text, "c") == std::pair<std::string, std::string>("d", "e"));
  CHECK_FALSE(find_in_netrc(text, "a", "other"));
  CHECK_FALSE(find_in_netrc("machine a login u password p", "c"));
}

TEST_CASE("an answer of git-lfs-authenticate is read") {
  const auto now = std::chrono::system_clock::now();
  const auto answer =
      parse_ssh_answer(R"({"href":"https://h/lfs/","header":{"Authorization":"x"},"expires_in":60})", now);
  REQUIRE(answer);
  CHECK(answer->href == "https://h/lfs");
  CHECK(answer->headers == HeaderList{{"Authorization", "x"}});
  CHECK(answer->expires == now + std::chrono::seconds(60));
  CHECK(parse_ssh_answer("welcome", now).error().kind == ErrorKind::corrupt);
}

}  // namespace lfsguard::lfs
