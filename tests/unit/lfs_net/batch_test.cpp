#include "lfs/net/batch.h"

#include "lfs/net/trace.h"
#include "tests/support/catch.h"

namespace lfsguard::lfs {
namespace {

const std::string kHex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const WallTime kNow = std::chrono::system_clock::from_time_t(1'800'000'000);

}  // namespace

TEST_CASE("a batch request is what the API document says") {
  BatchRequest request{Operation::upload, {"basic"}, "refs/heads/main", {{*Oid::from_hex(kHex), 5}}};
  CHECK(format_batch_request(request) ==
        R"({"hash_algo":"sha256","objects":[{"oid":")" + kHex +
            R"(","size":5}],"operation":"upload","ref":{"name":"refs/heads/main"},"transfers":["basic"]})");
}

TEST_CASE("a batch answer is read with its actions, headers, expiry and errors") {
  const auto answer = parse_batch_response(R"({"transfer":"basic","objects":[{"oid":")" + kHex +
                                               R"(","size":5,"authenticated":true,"actions":{
    "upload":{"href":"https://s/u","header":{"A":"b","N":7,"X":null},"expires_in":60},"verify":{"href":"/v","expires_at":"0001-01-01T00:00:00Z"}}},
    {"oid":")" + kHex + R"(","error":{"code":422,"message":"no"}}]})",
                                           "https://h/lfs", kNow);
  REQUIRE(answer);
  REQUIRE(answer->objects.size() == 2);
  const BatchObject& object = answer->objects[0];
  CHECK(object.authenticated);
  CHECK(object.action("upload")->href == "https://s/u");
  CHECK(object.action("upload")->headers == HeaderList{{"A", "b"}, {"N", "7"}});
  CHECK(object.action("upload")->expires == kNow + std::chrono::seconds(60));
  CHECK(object.action("verify")->href == "https://h/v");
  CHECK_FALSE(object.action("verify")->expires);
  CHECK_FALSE(object.action("download"));
  CHECK(answer->objects[1].error_code == 422);
  CHECK(answer->objects[1].error_message == "no");
}

TEST_CASE("old servers say _links, others null where they mean nothing") {
  const auto answer = parse_batch_response(
      R"({"transfer":null,"objects":[{"oid":")" + kHex + R"(","size":null,"authenticated":null,"error":null,
    "_links":{"download":{"href":"https://s/d","header":null}}}]})",
      "https://h/lfs", kNow);
  REQUIRE(answer);
  CHECK(answer->transfer == "basic");
  CHECK(answer->objects[0].action("download")->href == "https://s/d");
}

TEST_CASE("what is no batch answer is an error, another hash too") {
  CHECK(parse_batch_response("<html>", "https://h", kNow).error().kind == ErrorKind::corrupt);
  CHECK(parse_batch_response("{}", "https://h", kNow).error().kind == ErrorKind::corrupt);
  CHECK(parse_batch_response(R"({"objects":[],"hash_algo":"sha512"})", "https://h", kNow).error().kind ==
        ErrorKind::unsupported);
}

TEST_CASE("an expiry beyond what the clock can count is far off, one before it long ago") {
  CHECK(expiry_of(INT64_MAX, "", kNow) > kNow + std::chrono::hours(24 * 365));
  CHECK(expiry_of(INT64_MIN, "", kNow) < kNow);
  CHECK(parse_rfc3339("9999-12-31T23:59:59Z") > kNow + std::chrono::hours(24 * 365));
  CHECK(parse_rfc3339("0002-01-01T00:00:00Z") < kNow);
}

TEST_CASE("times that servers give are read: RFC 3339, seconds, HTTP dates") {
  CHECK(parse_rfc3339("2027-01-15T08:00:00Z") == std::chrono::system_clock::from_time_t(1'800'000'000));
  CHECK(parse_rfc3339("2027-01-15T09:00:00.123+01:00") == std::chrono::system_clock::from_time_t(1'800'000'000));
  CHECK_FALSE(parse_rfc3339("0001-01-01T00:00:00Z"));
  CHECK_FALSE(parse_rfc3339("yesterday"));
  CHECK(parse_retry_after("120", kNow) == std::chrono::seconds(120));
  CHECK(parse_retry_after("Fri, 15 Jan 2027 08:00:30 GMT", kNow) == std::chrono::seconds(30));
  CHECK(parse_retry_after("Fri, 15 Jan 2021 08:00:30 GMT", kNow) == std::chrono::seconds(0));
  CHECK_FALSE(parse_retry_after("soon", kNow));
}

TEST_CASE("statuses become errors that say whether another try may help") {
  const auto kind = [](int status) {
    HttpResponse response;
    response.status = status;
    return status_error(response, "batch", "").kind;
  };
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(kind(status) == ErrorKind::network);
  for (const int status : {401, 403}) CHECK(kind(status) == ErrorKind::auth);
  for (const int status : {400, 404, 406, 413, 422, 501}) CHECK(kind(status) == ErrorKind::remote);
}

TEST_CASE("the server's words are found in LFS errors, plain text and S3's XML") {
  const auto words = [](const std::string& body, const std::string& type = "application/json") {
    HttpResponse response;
    response.body = body;
    response.headers = {{"Content-Type", type}};
    return server_message(response);
  };
  CHECK(words(R"({"message":"\nYou need to\nconfigure","documentation_url":"https://d"})") ==
        "You need to configure (https://d)");
  CHECK(words("plain words", "text/plain") == "plain words");
  CHECK(words("<Error><Code>RequestTimeout</Code></Error>", "application/xml") == "RequestTimeout");
  CHECK(words("<html>", "text/html").empty());
}

TEST_CASE("traces of headers and bodies hold no secret") {
  CHECK(redact_header("Authorization", "Basic abc") == "Authorization: ***");
  CHECK(redact_header("x-amz-security-token", "abc") == "x-amz-security-token: ***");
  CHECK(redact_header("Location", "https://u:p@h/x") == "Location: https://u:***@h/x");
  CHECK(redact_header("Accept", "a/b") == "Accept: a/b");
  CHECK(redact_json(R"({"a":{"header":{"Authorization":"Basic x"},"href":"https://h/?sig=x"}})") ==
        R"({"a":{"header":{"Authorization":"***"},"href":"https://h/?sig=***"}})");
}

}  // namespace lfsguard::lfs
