#include "rewrite/read_back.h"

#include <string>

#include "tests/support/catch.h"

namespace lfsguard::rewrite {
namespace {

const std::string kTree = "tree 0000000000000000000000000000000000000001\n", kOther = "tree 0000000000000000000000000000000000000002\n";
const std::string kParent = "parent 0000000000000000000000000000000000000003\n", kPeople = "author A <a> 1 +0000\ncommitter C <c> 2 +0000\n";
const std::string kSignature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n";
const std::string kMergetag = "mergetag object 0000000000000000000000000000000000000004\n type commit\n tag v1\n \n text\n";
const std::string kMessage = "\nsubject\n\ngpgsig is what it is about\n";

TEST_CASE("tree and parents of a commit may be others, nothing else") {
  const std::string old = kTree + kParent + kPeople + "encoding latin-1\n" + kMessage;
  CHECK(keeps_the_rest(old, old, true, false));
  CHECK(keeps_the_rest(old, kOther + kParent + kParent + kPeople + "encoding latin-1\n" + kMessage, true, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kParent + kPeople + kMessage, true, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kParent + kPeople + "encoding latin-2\n" + kMessage, true, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kParent + kPeople + "encoding latin-1\n" + kMessage + "\n", true, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kParent + kPeople + "encoding latin-1\n", true, false));
}

TEST_CASE("signature headers may be gone, whole, where signatures are stripped") {
  const std::string old = kTree + kPeople + kMergetag + kSignature + kMessage;
  CHECK(keeps_the_rest(old, kOther + kPeople + kMessage, true, false));
  CHECK(keeps_the_rest(old, kOther + kPeople + kMergetag + kMessage, true, false));
  CHECK(keeps_the_rest(old, kOther + kPeople + kSignature + kMessage, true, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kPeople + kMessage, false, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kPeople + kMergetag + "gpgsig -----BEGIN PGP SIGNATURE-----\n" + kMessage, true, false));
  CHECK_FALSE(keeps_the_rest(kTree + kPeople + kMessage, kOther + kPeople + kSignature + kMessage, true, false));
}

TEST_CASE("the message may be another where hashes in it are rewritten") {
  const std::string old = kTree + kPeople + kMessage;
  CHECK(keeps_the_rest(old, kOther + kPeople + "\nanother\n", true, true));
  CHECK_FALSE(keeps_the_rest(old, kOther + kPeople + "\nanother\n", true, false));
  CHECK_FALSE(keeps_the_rest(old, kOther + kPeople, true, true));
  CHECK_FALSE(keeps_the_rest(old, kOther + "author B <b> 1 +0000\n" + "\nanother\n", true, true));
}

TEST_CASE("a commit without a message or a last newline is kept as it is") {
  CHECK(keeps_the_rest(kTree + "author A <a> 1 +0000", kOther + "author A <a> 1 +0000", true, false));
  CHECK_FALSE(keeps_the_rest(kTree + "author A <a> 1 +0000", kOther + "author A <a> 1 +0001", true, false));
}

}  // namespace
}  // namespace lfsguard::rewrite
