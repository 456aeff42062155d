#include "lfs/net/url.h"

#include "tests/support/catch.h"

namespace lfsguard::lfs {

TEST_CASE("a URL is taken apart, userinfo decoded, host in lower case") {
  const auto url = Url::parse("HTTPS://al%40ice:s%3acret@Example.COM:8443/a/b?c=d");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->user == "al@ice");
  CHECK(url->password == "s:cret");
  CHECK(url->host == "example.com");
  CHECK(url->port == "8443");
  CHECK(url->path == "/a/b?c=d");
  CHECK(url->text() == "https://example.com:8443/a/b?c=d");
  CHECK(url->origin() == "https://example.com:8443");
  CHECK(Url::parse("http://[::1]:80/x")->host == "[::1]");
  CHECK(Url::parse("http://[::1]:80/x")->origin() == "http://[::1]");
  CHECK_FALSE(Url::parse("git@example.com:o/r"));
  CHECK_FALSE(Url::parse("/srv/r.git"));
}

TEST_CASE("printed URLs hold no secret") {
  CHECK(redact_url("https://alice:s3cret@h/p") == "https://alice:***@h/p");
  CHECK(redact_url("https://hf_token@h/p") == "https://***@h/p");
  CHECK(redact_url("ssh://git@h/p") == "ssh://git@h/p");
  CHECK(redact_url("https://h/p?X-Amz-Signature=abc&X-Amz-Expires=900&jwt=x") ==
        "https://h/p?X-Amz-Signature=***&X-Amz-Expires=900&jwt=***");
  CHECK(redact_url("https://h/p") == "https://h/p");
}

TEST_CASE("http.<url>.* matches by scheme, host, port, path and user, the most exact wins") {
  const Url url = *Url::parse("https://alice@git.example.com/o/r.git");
  CHECK(url_match_score("https://git.example.com", url) > 0);
  CHECK(url_match_score("https://git.example.com:443/", url) > 0);
  CHECK(url_match_score("https://*.example.com", url) > 0);
  CHECK(url_match_score("https://git.example.com/o", url) > url_match_score("https://git.example.com", url));
  CHECK(url_match_score("https://git.example.com", url) > url_match_score("https://*.example.com/o/r.git", url));
  CHECK(url_match_score("https://alice@git.example.com", url) > url_match_score("https://git.example.com", url));
  CHECK(url_match_score("http://git.example.com", url) == 0);
  CHECK(url_match_score("https://example.com", url) == 0);
  CHECK(url_match_score("https://git.example.com/o/r", url) == 0);
  CHECK(url_match_score("https://bob@git.example.com", url) == 0);
}

}  // namespace lfsguard::lfs
