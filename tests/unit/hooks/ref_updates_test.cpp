#include "hooks/ref_updates.h"

#include "tests/support/catch.h"

using namespace lfsguard;

namespace {

const std::string kOne(40, '1'), kTwo(40, '2'), kNull(40, '0');

}  // namespace

TEST_CASE("a line of pre-push is read from its end, for the local ref may hold spaces") {
  const auto updates = hooks::parse_pre_push("HEAD^{/fix bug} " + kOne + " refs/heads/x " + kTwo + "\nrefs/heads/y " + kOne + " refs/heads/y " + kNull + "\n");
  REQUIRE(updates);
  REQUIRE(updates->size() == 2);
  CHECK((*updates)[0].local_ref == "HEAD^{/fix bug}");
  CHECK((*updates)[0].ref == "refs/heads/x");
  CHECK((*updates)[0].new_oid.hex() == kOne);
  CHECK((*updates)[0].old_oid.hex() == kTwo);
  CHECK((*updates)[1].old_oid.is_zero());
}

TEST_CASE("a line of pre-receive is two ids and a ref") {
  const auto updates = hooks::parse_pre_receive(kNull + " " + kOne + " refs/heads/x\n");
  REQUIRE(updates);
  REQUIRE(updates->size() == 1);
  CHECK((*updates)[0].ref == "refs/heads/x");
  CHECK((*updates)[0].old_oid.is_zero());
  CHECK((*updates)[0].new_oid.hex() == kOne);
}

TEST_CASE("no input is no update, and what git does not write is refused") {
  CHECK(hooks::parse_pre_push("")->empty());
  CHECK(hooks::parse_pre_receive("")->empty());
  for (const std::string line : {"refs/heads/main", "a b c", "refs/heads/main 123 refs/heads/main 456"}) {
    CHECK_FALSE(hooks::parse_pre_push(line + "\n"));
    CHECK_FALSE(hooks::parse_pre_receive(line + "\n"));
  }
  CHECK_FALSE(hooks::parse_pre_receive(kNull + "C" + kOne + " refs/heads/x\n"));
  CHECK_FALSE(hooks::parse_pre_receive(kNull + " " + kOne + "Crefs/heads/x\n"));
}
