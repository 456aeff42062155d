#include "lfs/store/pointer.h"

#include "tests/support/catch.h"

namespace lfsguard::lfs {
namespace {

const std::string kHex = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";
const std::string kExtensionHex = "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2";
const std::string kVersionLine = "version https://git-lfs.github.com/spec/v1\n";
const std::string kOidLine = "oid sha256:" + kHex + "\n";
const std::string kCanonical = kVersionLine + kOidLine + "size 5\n";
const std::string kExtension = "ext-0-foo sha256:" + kExtensionHex + "\n";
const std::string kExtension1 = "ext-1-bar sha256:" + kExtensionHex + "\n";

std::string with_crlf(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

}  // namespace

TEST_CASE("a pointer is written byte for byte in the canonical form") {
  const Pointer pointer{*Oid::from_hex(kHex), 5, {}};
  CHECK(format_pointer(pointer) == kCanonical);
  const ParsedPointer parsed = parse_pointer(kCanonical);
  CHECK(parsed.kind == PointerKind::canonical);
  CHECK(parsed.pointer == pointer);
}

TEST_CASE("an empty file is its own pointer") {
  const ParsedPointer parsed = parse_pointer("");
  CHECK(parsed.kind == PointerKind::canonical);
  CHECK(parsed.pointer.stands_for_nothing());
  CHECK(format_pointer(parsed.pointer) == "");
  CHECK_FALSE(nearly_pointer(""));
}

TEST_CASE("extensions are read with their priority, name and id, and written in order") {
  const ParsedPointer parsed = parse_pointer(kVersionLine + kExtension1 + kExtension + kOidLine + "size 5\n");
  REQUIRE(parsed.kind == PointerKind::non_canonical);
  REQUIRE(parsed.pointer.extensions.size() == 2);
  CHECK(parsed.pointer.extensions[0] == PointerExtension{0, "foo", *Oid::from_hex(kExtensionHex)});
  CHECK(format_pointer(parsed.pointer) == kVersionLine + kExtension + kExtension1 + kOidLine + "size 5\n");
}

TEST_CASE("forms that clients read though they are not canonical are told apart and count as nearly a pointer") {
  const std::string forms[] = {
      with_crlf(kCanonical),
      kCanonical.substr(0, kCanonical.size() - 1),
      "\n" + kVersionLine + "\n" + kOidLine + "size 5\n\n",
      kVersionLine + kOidLine + "size 5  \n",
      "version http://git-media.io/v/2\n" + kOidLine + "size 5\n",
      "version https://hawser.github.com/spec/v1\n" + kOidLine + "size 5\n",
      kVersionLine + kExtension1 + kExtension + kOidLine + "size 5\n",
      kVersionLine + kOidLine + kExtension + "size 5\n",
      kExtension + kCanonical,
      kVersionLine + kOidLine + "size +5\n",
      kVersionLine + kOidLine + "size 005\n",
      kVersionLine + kOidLine + "size 0\n",
      kVersionLine + kOidLine + "size -0\n",
      kCanonical + std::string(1023 - kCanonical.size(), '\n'),
      kCanonical + "\u2028\u3000",
  };
  for (const std::string& form : forms) {
    INFO(form);
    CHECK(classify_pointer(form) == PointerKind::non_canonical);
    CHECK(nearly_pointer(form));
  }
}

TEST_CASE("broken pointers that still begin with a known version are content, and nearly a pointer") {
  const std::string forms[] = {
      kVersionLine + "oid sha256:" + std::string(64, 'A') + "\nsize 5\n",
      kVersionLine + "size 5\n" + kOidLine,
      kVersionLine + kOidLine + "foo bar\nsize 5\n",
      kVersionLine + "ext-10-foo sha256:" + kExtensionHex + "\n" + kOidLine + "size 5\n",
      kVersionLine + kExtension + "ext-0-baz sha256:" + kExtensionHex + "\n" + kOidLine + "size 5\n",
      kVersionLine + kOidLine + "size -5\n",
      kVersionLine + kOidLine + "size 9223372036854775808\n",
      kVersionLine + kOidLine + "size 5\nfoo bar\n",
      kVersionLine,
      "\n \n" + with_crlf(kVersionLine) + "<<<<<<< HEAD\n",
      "version http://git-media.io/v/2\n",
  };
  for (const std::string& form : forms) {
    INFO(form);
    CHECK(classify_pointer(form) == PointerKind::not_a_pointer);
    CHECK(nearly_pointer(form));
  }
}

TEST_CASE("other content is no pointer and not nearly one") {
  const std::string forms[] = {
      "version https://git-lfs.github.com/spec/v2\n" + kOidLine + "size 5\n",
      "version 1\n",
      "hello\n" + kCanonical,
      kOidLine + "size 5\n",
      " \n",
      "\xef\xbb\xbf" + kCanonical,
      kCanonical + std::string(1024 - kCanonical.size(), '\n'),
      kVersionLine + std::string(2000, 'x'),
      std::string("\0\0", 2),
  };
  for (const std::string& form : forms) {
    INFO(form);
    CHECK(classify_pointer(form) == PointerKind::not_a_pointer);
    CHECK_FALSE(nearly_pointer(form));
  }
}

TEST_CASE("a pointer of 1023 bytes is one, of 1024 bytes it is content") {
  const auto of_size = [](size_t size) {
    const size_t name = size - kCanonical.size() - std::string("ext-0- sha256:\n").size() - 64;
    return kVersionLine + "ext-0-" + std::string(name, 'x') + " sha256:" + kExtensionHex + "\n" + kOidLine + "size 5\n";
  };
  CHECK(of_size(1023).size() == 1023);
  CHECK(classify_pointer(of_size(1023)) == PointerKind::canonical);
  CHECK(classify_pointer(of_size(1024)) == PointerKind::not_a_pointer);
}

}  // namespace lfsguard::lfs
