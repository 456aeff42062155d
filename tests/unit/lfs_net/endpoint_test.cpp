#include "lfs/net/endpoint.h"

#include "tests/support/catch.h"

namespace lfsguard::lfs {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

std::string url_of(const Values& values, Operation operation, const std::string& remote = "origin",
                   const Values& lfsconfig = {}) {
  const Result<Endpoint> endpoint = resolve_endpoint(ClientConfig::from(values, lfsconfig), remote, operation);
  return endpoint ? (endpoint->kind == Endpoint::Kind::local ? "local " + endpoint->path : endpoint->url)
                  : "error: " + endpoint.error().what;
}

}  // namespace

TEST_CASE("for an upload lfs.pushurl, lfs.url, lfspushurl, lfsurl, pushurl and url count in that order") {
  Values values = {{"remote.origin.url", "https://h/url"}};
  CHECK(url_of(values, Operation::upload) == "https://h/url.git/info/lfs");
  values.emplace_back("remote.origin.pushurl", "https://h/pushurl");
  CHECK(url_of(values, Operation::upload) == "https://h/pushurl.git/info/lfs");
  CHECK(url_of(values, Operation::download) == "https://h/url.git/info/lfs");
  values.emplace_back("remote.origin.lfsurl", "https://h/lfsurl");
  CHECK(url_of(values, Operation::upload) == "https://h/lfsurl");
  values.emplace_back("remote.origin.lfspushurl", "https://h/lfspushurl");
  CHECK(url_of(values, Operation::upload) == "https://h/lfspushurl");
  CHECK(url_of(values, Operation::download) == "https://h/lfsurl");
  values.emplace_back("lfs.url", "https://h/lfs.url");
  CHECK(url_of(values, Operation::upload) == "https://h/lfs.url");
  values.emplace_back("lfs.pushurl", "https://h/lfs.pushurl");
  CHECK(url_of(values, Operation::upload) == "https://h/lfs.pushurl");
  CHECK(url_of(values, Operation::download) == "https://h/lfs.url");
}

TEST_CASE(".lfsconfig sets the URLs under git's configuration, and nothing dangerous") {
  const Values lfsconfig = {
      {"lfs.url", "https://h/theirs"}, {"remote.origin.url", "https://evil/x"}, {"http.sslVerify", "false"}};
  CHECK(url_of({{"remote.origin.url", "https://h/r"}}, Operation::download, "origin", lfsconfig) == "https://h/theirs");
  CHECK(url_of({{"lfs.url", "https://h/ours"}}, Operation::download, "origin", lfsconfig) == "https://h/ours");
  const ClientConfig config = ClientConfig::from({}, lfsconfig);
  CHECK_FALSE(config.get("remote.origin.url"));
  CHECK_FALSE(config.get("http.sslverify"));
  CHECK(config.warnings().size() == 2);
}

TEST_CASE("insteadOf takes the longest prefix, pushInsteadOf goes before it on a push") {
  const Values values = {{"remote.origin.url", "gh:o/r"},
                         {"url.https://a/.insteadOf", "gh:"},
                         {"url.https://b/.insteadOf", "gh:o/"},
                         {"url.https://c/.pushInsteadOf", "gh:"}};
  CHECK(url_of(values, Operation::download) == "https://b/r.git/info/lfs");
  CHECK(url_of(values, Operation::upload) == "https://c/o/r.git/info/lfs");
}

TEST_CASE("paths and file URLs are repositories on this machine") {
  CHECK(url_of({{"remote.origin.url", "/srv/r.git"}}, Operation::upload) == "local /srv/r.git");
  CHECK(url_of({{"remote.origin.url", "../r.git"}}, Operation::upload) == "local ../r.git");
  CHECK(url_of({{"remote.origin.url", "file:///srv/a%20b.git"}}, Operation::upload) == "local /srv/a b.git");
}

TEST_CASE("a URL in a remote's place is mapped back to the remote that has it") {
  const Values values = {
      {"remote.up.url", "https://h/r"}, {"remote.up.lfsurl", "https://h/lfs"}, {"remote.origin.url", "https://h/o"}};
  CHECK(url_of(values, Operation::upload, "https://h/r/") == "https://h/lfs");
  CHECK(url_of(values, Operation::upload, "https://elsewhere/r") == "https://elsewhere/r.git/info/lfs");
}

TEST_CASE("a remote that is not known is an error that says what to do") {
  const Result<Endpoint> endpoint = resolve_endpoint(ClientConfig::from({}), "origin", Operation::upload);
  REQUIRE_FALSE(endpoint);
  CHECK(endpoint.error().kind == ErrorKind::config);
  CHECK(endpoint.error().hint == "add it with: git remote add origin URL, or set lfs.url");
}

TEST_CASE("SSH addresses in all of their spellings") {
  const auto text = [](const char* url) {
    const auto address = parse_ssh_address(url);
    return address ? address->user_and_host + "|" + address->host + "|" + address->port + "|" + address->path : "none";
  };
  CHECK(text("ssh://git@h:2222/o/r.git") == "git@h|h|2222|/o/r.git");
  CHECK(text("git+ssh://h/o/r") == "h|h||/o/r");
  CHECK(text("ssh://h/~alice/r") == "h|h||~alice/r");
  CHECK(text("ssh://git@[::1]:22/r") == "git@::1|::1|22|/r");
  CHECK(text("git@h:o/r.git") == "git@h|h||o/r.git");
  CHECK(text("[git@h:2222]:o/r") == "git@h|h|2222|o/r");
  CHECK(text("https://h/r") == "none");
  CHECK(text("./a:b") == "none");
  CHECK(text("ssh://-oProxyCommand=x/r") == "none");
  CHECK(text("-oProxyCommand=x:r") == "none");
  CHECK(text("h:-r") == "none");
}

TEST_CASE("settings of a URL come from the most exact pattern") {
  const ClientConfig config = ClientConfig::from({{"http.proxy", "all"},
                                                  {"http.https://h/.proxy", "host"},
                                                  {"http.https://h/o.proxy", "path"},
                                                  {"http.extraheader", "A: 1"},
                                                  {"http.https://h/.extraheader", "B: 1"},
                                                  {"http.https://h/.extraheader", "C: 1"}});
  CHECK(config.for_url("http", "proxy", *Url::parse("https://h/o/r")) == "path");
  CHECK(config.for_url("http", "proxy", *Url::parse("https://h/x")) == "host");
  CHECK(config.for_url("http", "proxy", *Url::parse("http://h/x")) == "all");
  CHECK(config.all_for_url("http", "extraheader", *Url::parse("https://h/x")) ==
        std::vector<std::string>{"B: 1", "C: 1"});
}

}  // namespace lfsguard::lfs
