#include "config/git_config.h"

#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "base/subprocess.h"
#include "git/process/git_command.h"
#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::config;

namespace {

// A file of git's syntax, read by git, as ours and as git itself answers about it.
class Peer {
 public:
  explicit Peer(const std::string& text) {
    char name[] = "/tmp/lfsguard-config-XXXXXX";
    ::close(::mkstemp(name));
    path_ = name;
    std::ofstream(path_) << text;
    const auto listing = git::git_output(git::git_command({"config", "-z", "--list", "--show-scope", "--file", path_}));
    REQUIRE(listing.has_value());
    config = GitConfig::parse(*listing);
  }
  ~Peer() { ::unlink(path_.c_str()); }
  // git's answer, nullopt when it says that there is none.
  std::optional<std::string> ask(std::vector<std::string> question) const {
    std::vector<std::string> words = {"config", "--file", path_};
    for (std::string& word : question) words.push_back(std::move(word));
    auto answer = run(git::git_command(words));
    REQUIRE(answer.has_value());
    if (answer->status != 0) return std::nullopt;
    std::string text = answer->output;
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }
  GitConfig config;

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("booleans are read as git reads them") {
  const std::vector<std::string> texts = {"true", "TRUE", "yes", "On", "1",    "-1",    "2k", "false",
                                          "No",   "off",  "0",   "00", "\"\"", "maybe", "1x", "tru"};
  std::string file = "[a]\n\timplicit\n";
  for (size_t i = 0; i < texts.size(); ++i) file += "\tk" + std::to_string(i) + " = " + texts[i] + "\n";
  const Peer peer(file);
  CHECK(peer.ask({"--type=bool", "a.implicit"}) == "true");
  CHECK(**peer.config.get_bool("a.implicit"));
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string key = "a.k" + std::to_string(i);
    const auto git_says = peer.ask({"--type=bool", key});
    const auto ours = peer.config.get_bool(key);
    INFO(texts[i]);
    REQUIRE(ours.has_value() == git_says.has_value());
    if (git_says) CHECK(**ours == (*git_says == "true"));
  }
  CHECK_FALSE(peer.config.get_bool("a.absent")->has_value());
}

TEST_CASE("whole numbers are read as git reads them") {
  const std::vector<std::string> texts = {"0",  "12", "-3",   "1k",          "2M", "3g", "+7", "9223372036854775807",
                                          "1t", "x",  "\"\"", "8589934592g", "1 k"};
  std::string file = "[a]\n";
  for (size_t i = 0; i < texts.size(); ++i) file += "\tk" + std::to_string(i) + " = " + texts[i] + "\n";
  const Peer peer(file);
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string key = "a.k" + std::to_string(i);
    const auto git_says = peer.ask({"--type=int", key});
    const auto ours = peer.config.get_int(key);
    INFO(texts[i]);
    REQUIRE(ours.has_value() == git_says.has_value());
    if (git_says) CHECK(std::to_string(**ours) == *git_says);
  }
}

TEST_CASE("sections and variables fold their case, subsections do not, the last value counts") {
  const Peer peer("[Remote \"Origin\"]\n\tURL = one\n\tUrl = two\n[core]\n\tIgnoreCase = true\n");
  CHECK(peer.config.get("REMOTE.Origin.url") == "two");
  CHECK(peer.config.get_all("remote.Origin.URL") == std::vector<std::string>{"one", "two"});
  CHECK(peer.config.get("remote.origin.url") == std::nullopt);
  CHECK(peer.config.get("Core.ignorecase") == "true");
}

TEST_CASE("http.<url> settings are chosen as git chooses them") {
  const Peer peer(
      "[http]\n\tv = base\n"
      "[http \"https://example.com\"]\n\tv = host\n"
      "[http \"https://example.com/\"]\n\tv = host-slash\n"
      "[http \"https://example.com/team\"]\n\tv = team\n"
      "[http \"https://example.com/team/repo.git\"]\n\tv = repo\n"
      "[http \"https://*.example.com\"]\n\tv = star\n"
      "[http \"https://deep.*.example.com/x\"]\n\tv = deepstar\n"
      "[http \"https://me@example.com/team\"]\n\tv = me\n"
      "[http \"https://EXAMPLE.org:443/a/../b%41\"]\n\tv = normal\n"
      "[http \"http://example.com:8080\"]\n\tv = port\n"
      "[http \"https://user@other.net\"]\n\tv = user\n"
      "[http \"not a url\"]\n\tv = nothing\n");
  for (const char* url : {"https://example.com",
                          "https://example.com/",
                          "https://example.com/other",
                          "https://example.com/team",
                          "https://example.com/team/",
                          "https://example.com/teams",
                          "https://example.com/team/repo.git",
                          "https://example.com/team/repo.git/info/lfs",
                          "https://a.example.com/x",
                          "https://a.b.example.com/x",
                          "https://deep.b.example.com/x/y",
                          "https://deep.b.example.com/z",
                          "https://me@example.com/team/x",
                          "https://you@example.com/team/x",
                          "https://example.org/bA/x",
                          "https://example.org/b%41",
                          "https://example.org:443/bA",
                          "http://example.com:8080/x",
                          "http://example.com/x",
                          "http://example.com:80/x",
                          "https://other.net/",
                          "https://user@other.net/",
                          "https://user:pw@other.net/x",
                          "https://EXAMPLE.com/team",
                          "https://example.com:443/team",
                          "https://example.com/team/../other"}) {
    INFO(url);
    CHECK(peer.config.get_urlmatch("http", "v", url) == peer.ask({"--get-urlmatch", "http.v", url}));
  }
}

TEST_CASE("where a push goes follows pushurl, pushInsteadOf and insteadOf") {
  const Peer peer(
      "[remote \"a\"]\n\turl = gh:team/a\n"
      "[remote \"b\"]\n\turl = gh:team/b\n\tpushurl = gh:mine/b\n\tpushurl = /srv/b.git\n"
      "[url \"https://github.com/\"]\n\tinsteadOf = gh:\n"
      "[url \"ssh://git@github.com/\"]\n\tpushInsteadOf = gh:\n"
      "[url \"https://mirror.example/team/\"]\n\tinsteadOf = gh:team/\n");
  CHECK(peer.config.remotes() == std::vector<std::string>{"a", "b"});
  CHECK(peer.config.push_urls("a") == std::vector<std::string>{"ssh://git@github.com/team/a"});
  CHECK(peer.config.fetch_urls("a") == std::vector<std::string>{"https://mirror.example/team/a"});
  CHECK(peer.config.push_urls("b") == std::vector<std::string>{"https://github.com/mine/b", "/srv/b.git"});
  CHECK(peer.config.push_urls("gh:x") == std::vector<std::string>{"ssh://git@github.com/x"});
}
