#include "rewrite/message_hashes.h"

#include "tests/support/catch.h"

using namespace lfsguard;

TEST_CASE("full hashes and unique abbreviations of rewritten commits are replaced, at their length") {
  const ObjectId first = *ObjectId::from_hex("1234567890abcdef1234567890abcdef12345678"), second = *ObjectId::from_hex("1234567fffffffffffffffffffffffffffffffff");
  git::ObjectIdMap<ObjectId> moved;
  moved.insert(first, *ObjectId::from_hex(std::string(40, 'a')));
  moved.insert(second, *ObjectId::from_hex(std::string(40, 'b')));
  rewrite::MessageHashes messages(moved);
  messages.add(first);
  messages.add(second);
  CHECK(messages.replaced("see 1234567890abcdef1234567890abcdef12345678.") == "see " + std::string(40, 'a') + ".");
  CHECK(messages.replaced("(12345678)") == "(aaaaaaaa)");
  CHECK(messages.replaced("1234567 names two of them") == "1234567 names two of them");
  CHECK(messages.replaced("123456 is too short, x12345678 a longer word, 87654321 nobody's") == "123456 is too short, x12345678 a longer word, 87654321 nobody's");
  CHECK(messages.replaced("") == "");
}
