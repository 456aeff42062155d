#include "rewrite/object_splice.h"

#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::rewrite;

namespace {

const std::string kA(40, 'a'), kB(40, 'b'), kC(40, 'c'), kD(40, 'd');

// a becomes b, c becomes d.
std::optional<ObjectId> new_id(const ObjectId& oid) {
  if (oid.hex() == kA) return ObjectId::from_hex(kB);
  if (oid.hex() == kC) return ObjectId::from_hex(kD);
  return std::nullopt;
}

}  // namespace

TEST_CASE("only tree and parent lines of a commit change, every other byte stays") {
  const std::string commit = "tree " + kA + "\nparent " + kC + "\nparent " + std::string(40, 'e') +
                             "\nauthor \xff <x> 1 +051800\ncommitter  <> 2 -0330\nencoding latin-1\nodd header\n more of it\n\nsubject\r\n\nno final newline";
  const Spliced spliced = splice_commit(commit, new_id, true);
  CHECK(spliced.content == "tree " + kB + "\nparent " + kD + "\nparent " + std::string(40, 'e') +
                               "\nauthor \xff <x> 1 +051800\ncommitter  <> 2 -0330\nencoding latin-1\nodd header\n more of it\n\nsubject\r\n\nno final newline");
  CHECK_FALSE(spliced.signature_removed);
}

TEST_CASE("a signature header goes with its continuation lines, or stays when told") {
  const std::string head = "tree " + kA + "\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n";
  const std::string signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n \n -----END SSH SIGNATURE-----\n";
  CHECK(is_signed_commit(head + signature + "\nm\n"));
  CHECK_FALSE(is_signed_commit(head + "\ngpgsig in the message\n"));
  const Spliced stripped = splice_commit(head + signature + "\nm\n", new_id, true);
  CHECK(stripped.content == "tree " + kB + "\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nm\n");
  CHECK(stripped.signature_removed);
  const Spliced kept = splice_commit(head + signature + "\nm\n", new_id, false);
  CHECK(kept.content == "tree " + kB + "\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n" + signature + "\nm\n");
  CHECK_FALSE(kept.signature_removed);
}

TEST_CASE("a mergetag goes when the commit that it signs changed, and only then") {
  const auto commit = [&](const std::string& target) {
    return "tree " + kA + "\nmergetag object " + target + "\n type commit\n tag v1\n \n text\n\nm\n";
  };
  CHECK(splice_commit(commit(kC), new_id, true).content == "tree " + kB + "\n\nm\n");
  CHECK(splice_commit(commit(kC), new_id, true).signature_removed);
  const std::string other(40, 'e');
  CHECK(splice_commit(commit(other), new_id, true).content == "tree " + kB + "\nmergetag object " + other + "\n type commit\n tag v1\n \n text\n\nm\n");
}

TEST_CASE("a tag's object line changes; a signature at its end goes") {
  const std::string head = "object " + kC + "\ntype commit\ntag v1\ntagger t <t> 1 +0000\nunknown header\n\n";
  CHECK(splice_tag(head + "text", new_id, true).content == "object " + kD + "\ntype commit\ntag v1\ntagger t <t> 1 +0000\nunknown header\n\ntext");
  for (const char* kind : {"PGP SIGNATURE", "SSH SIGNATURE", "SIGNED MESSAGE"}) {
    const std::string signature = std::string("-----BEGIN ") + kind + "-----\nxx\n-----END " + kind + "-----\n";
    const Spliced spliced = splice_tag(head + "text\n" + signature, new_id, true);
    CHECK(spliced.content == "object " + kD + "\ntype commit\ntag v1\ntagger t <t> 1 +0000\nunknown header\n\ntext\n");
    CHECK(spliced.signature_removed);
    CHECK(is_signed_tag(head + "text\n" + signature));
  }
  CHECK_FALSE(is_signed_tag(head + "a line that says -----BEGIN PGP SIGNATURE----- inside\n"));
}
