#include "cli/arguments.h"

#include "report/error_text.h"
#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::cli;

namespace {

Result<int> nothing(Context&, const Arguments&) { return 0; }

constexpr Option kScanOptions[] = {
    {"--above", "SIZE", "size"},
    {"--top", "N", "number"},
    {"--ref", "REF", "refs", 0, Option::Times::list},
    {"--undo", "[RUN]", "maybe a run"},
    {"--mode", "MODE", "mode", 'm', Option::Times::once, "fix|block|warn"},
    {"--strict", "", "switch", 's'},
    {"--verbose", "", "its own", 'V'},
};
constexpr Command kScan{.name = "scan",
                        .summary = "find",
                        .arguments = "[-- PATHSPEC...]",
                        .options = kScanOptions,
                        .formats = "text|json",
                        .run = nothing};
constexpr Command kHook{.name = "hook",
                        .summary = "run",
                        .arguments = "NAME [ARG...]",
                        .fewest = 1,
                        .options_end_at_first_argument = true,
                        .run = nothing};
constexpr Command kPush{.name = "push", .summary = "send", .most = 1, .run = nothing};
constexpr const Command* kNested[] = {&kPush};
constexpr Command kLfs{.name = "lfs", .summary = "client", .commands = kNested};
constexpr const Command* kRows[] = {&kScan, &kHook, &kLfs};

ParsedLine parsed(const std::vector<std::string>& words) {
  auto result = parse_line(words, kRows);
  if (!result) FAIL(report::error_text(result.error()));
  return *result;
}

std::string refusal(const std::vector<std::string>& words) {
  const auto result = parse_line(words, kRows);
  REQUIRE_FALSE(result.has_value());
  REQUIRE(report::exit_code(result.error().kind) == 129);
  return report::error_text(result.error());
}

}  // namespace

TEST_CASE("global flags are taken before and after the command's name") {
  const ParsedLine line = parsed({"-C", "a", "--quiet", "scan", "-C", "b", "--format=json"});
  CHECK(line.name == "scan");
  CHECK(line.arguments.values("-C") == std::vector<std::string>{"a", "b"});
  CHECK(line.arguments.has("--quiet"));
  CHECK(line.arguments.value("--format") == "json");
}

TEST_CASE("a value stands behind its flag, behind an equals sign or behind its letter") {
  CHECK(parsed({"scan", "--above", "1MiB"}).arguments.value("--above") == "1MiB");
  CHECK(parsed({"scan", "--above=1MiB"}).arguments.value("--above") == "1MiB");
  CHECK(parsed({"scan", "-m", "fix"}).arguments.value("--mode") == "fix");
  CHECK(parsed({"scan", "-mfix"}).arguments.value("--mode") == "fix");
  CHECK(parsed({"scan", "-sqm=fix"}).arguments.value("--mode") == "fix");
}

TEST_CASE("of a flag given twice the last value counts") {
  CHECK(parsed({"scan", "--above", "1", "--above", "2"}).arguments.value("--above") == "2");
}

TEST_CASE("a list flag takes every word up to the next flag, and may be repeated") {
  const ParsedLine line = parsed({"scan", "--ref", "main", "v1", "--strict", "--ref", "v2", "--", "path"});
  CHECK(line.arguments.values("--ref") == std::vector<std::string>{"main", "v1", "v2"});
  CHECK(line.arguments.positional() == std::vector<std::string>{"path"});
  CHECK(line.arguments.has_dashes());
  CHECK(line.arguments.before_dashes() == 0);
}

TEST_CASE("an optional value may be left out") {
  CHECK(parsed({"scan", "--undo", "--strict"}).arguments.value("--undo") == "");
  CHECK(parsed({"scan", "--undo", "r1"}).arguments.value("--undo") == "r1");
  CHECK(parsed({"scan"}).arguments.value("--undo") == std::nullopt);
}

TEST_CASE("a command's own flag hides a global one of the same name") {
  CHECK(parsed({"scan", "-V"}).arguments.has("--verbose"));
}

TEST_CASE("words behind the dashes are no flags") {
  const ParsedLine line = parsed({"scan", "--", "--strict", "-x"});
  CHECK(line.arguments.positional() == std::vector<std::string>{"--strict", "-x"});
  CHECK_FALSE(line.arguments.has("--strict"));
}

TEST_CASE("what follows a hook's name is the hook's own") {
  const ParsedLine line = parsed({"hook", "pre-push", "--verbose", "-x", "scan"});
  CHECK(line.name == "hook");
  CHECK(line.arguments.positional() == std::vector<std::string>{"pre-push", "--verbose", "-x", "scan"});
}

TEST_CASE("nested commands are found below their parent") {
  const ParsedLine line = parsed({"lfs", "push", "origin"});
  CHECK(line.name == "lfs push");
  CHECK(line.command == &kPush);
  CHECK(line.arguments.positional() == std::vector<std::string>{"origin"});
}

TEST_CASE("wrong usage names the flag and says where help is") {
  CHECK(refusal({"scan", "--abowe", "1"}) ==
        "lfsguard: unknown flag: --abowe\nhint: did you mean --above? lfsguard scan --help lists them all\n");
  CHECK(refusal({"scan", "-z"}) == "lfsguard: unknown flag: -z\nhint: lfsguard scan --help\n");
  CHECK(refusal({"--unheard-of"}) == "lfsguard: unknown flag: --unheard-of\nhint: lfsguard --help\n");
  CHECK(refusal({"scan", "--above"}) ==
        "lfsguard: this flag needs a value: --above SIZE\nhint: lfsguard scan --help\n");
  CHECK(refusal({"scan", "--strict=yes"}) ==
        "lfsguard: this flag takes no value: --strict=yes\nhint: lfsguard scan --help\n");
  CHECK(refusal({"scan", "--mode", "mend"}) ==
        "lfsguard: this value is not allowed: --mode mend\nhint: allowed: fix, block, warn\n");
  CHECK(refusal({"scan", "--format", "xml"}) ==
        "lfsguard: this value is not allowed: --format xml\nhint: allowed: text, json\n");
  CHECK(refusal({"scna"}) ==
        "lfsguard: no such command: scna\nhint: did you mean scan? lfsguard --help lists them all\n");
  CHECK(refusal({"lfs", "pul"}) == "lfsguard: no such command: pul\nhint: lfsguard lfs --help\n");
  CHECK(refusal({"lfs", "push", "a", "b"}) == "lfsguard: one argument too many: b\nhint: lfsguard lfs push --help\n");
  CHECK(refusal({"hook"}) == "lfsguard: an argument is missing: NAME [ARG...]\nhint: lfsguard hook --help\n");
}

TEST_CASE("sizes and numbers that are none are usage errors that name the flag") {
  const auto size = parsed({"scan", "--above", "big"}).arguments.size("--above");
  REQUIRE_FALSE(size.has_value());
  CHECK(report::error_text(size.error()) ==
        "lfsguard: this is no size: --above big\nhint: write it like 10MiB, 500KB, 1.5GB or a number of bytes\n");
  const auto number = parsed({"scan", "--top", "1x"}).arguments.number("--top");
  REQUIRE_FALSE(number.has_value());
  CHECK(report::error_text(number.error()) == "lfsguard: this is no whole number: --top 1x\nhint: write it like 20\n");
  CHECK(**parsed({"scan", "--above", "1.5 KiB"}).arguments.size("--above") == 1536);
  CHECK(**parsed({"scan", "--top", "20"}).arguments.number("--top") == 20);
  CHECK_FALSE(parsed({"scan"}).arguments.number("--top")->has_value());
}
