#include "config/policy_sources.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::config;
using From = PolicySources::RepositoryFile;

namespace {

// What a test says of each layer, with no file of the machine in play.
struct Fixture {
  PolicySources sources;
  GitConfig git_config;
  std::string folder;
  std::vector<std::string> set_variables;

  Fixture() {
    char name[] = "/tmp/lfsguard-policy-XXXXXX";
    folder = ::mkdtemp(name);
    sources.system_file = folder + "/system.toml";
    sources.user_file = folder + "/user.toml";
    sources.git_config = &git_config;
    sources.repository_file = From::none;
  }
  ~Fixture() {
    for (const std::string& variable : set_variables) ::unsetenv(variable.c_str());
    std::filesystem::remove_all(folder);
  }
  void system(const std::string& text) { std::ofstream(sources.system_file) << text; }
  void user(const std::string& text) { std::ofstream(*sources.user_file) << text; }
  void repository(const std::string& text) {
    sources.repository_file = From::bytes;
    sources.repository_file_bytes = text;
  }
  void git(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string listing;
    for (const auto& [key, value] : entries) listing += std::string("local") + '\0' + key + "\n" + value + '\0';
    git_config = GitConfig::parse(listing);
  }
  void environment(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    set_variables.push_back(name);
  }
  LoadedPolicy load() {
    auto loaded = load_policy_with_origins(sources);
    if (!loaded) FAIL(to_line(loaded.error()));
    return *loaded;
  }
  // "value (origin)" of a key in force.
  std::string in_force(std::string_view key) {
    for (const Setting& setting : load().settings) {
      if (setting.key->name != key) continue;
      std::string text;
      for (const std::string& value : setting.values) text += (text.empty() ? "" : " ") + value;
      return text + " (" + setting.origin + ")";
    }
    return "none";
  }
  // The error as it is printed, without the hint.
  std::string complaint() {
    const auto loaded = load_policy(sources);
    REQUIRE_FALSE(loaded.has_value());
    const Error& error = loaded.error();
    std::string text = error.what + ": " + error.subject + "\n";
    for (const std::string& cause : error.causes) text += "  " + cause + "\n";
    return text;
  }
};

// Two right values of each key, and one that is wrong.
struct Sample {
  std::string one, two, wrong;
};
Sample sample(const Key& key) {
  switch (key.type) {
    case KeyType::size:
      return {"1MiB", "2 MB", "big"};
    case KeyType::profile:
      return {"github", "gitlab", ""};
    case KeyType::patterns:
      return {"*.one", "*.two", ""};
    case KeyType::text:
      return {"team", "other", ""};
    case KeyType::version:
      return {"1", "1", "2"};
    case KeyType::choice:
      break;
  }
  const std::string allowed(key.allowed);
  return {allowed.substr(0, allowed.find('|')), allowed.substr(allowed.rfind('|') + 1), "never"};
}

std::string toml_of(const Key& key, const std::string& value) {
  const std::string name(key.name);
  const size_t dot = name.find('.');
  const std::string text = key.type == KeyType::version    ? value
                           : key.type == KeyType::patterns ? "[\"" + value + "\"]"
                                                           : "\"" + value + "\"";
  if (dot == std::string::npos) return name + " = " + text + "\n";
  return "[" + name.substr(0, dot) + "]\n" + name.substr(dot + 1) + " = " + text + "\n";
}

}  // namespace

TEST_CASE("each key is read from each layer, and a higher layer beats a lower one") {
  for (const Key& key : all_keys()) {
    if (key.type == KeyType::version) continue;
    INFO(key.name);
    const Sample values = sample(key);
    Fixture f;
    const std::string line = std::string(key.name).find('.') == std::string::npos ? ":1" : ":2";
    f.system(toml_of(key, values.one));
    CHECK(f.in_force(key.name) == values.one + " (" + f.sources.system_file + line + ")");
    f.user(toml_of(key, values.two));
    CHECK(f.in_force(key.name) == values.two + " (" + *f.sources.user_file + line + ")");
    f.repository(toml_of(key, values.one));
    CHECK(f.in_force(key.name) == values.one + " (.lfsguard.toml" + line + ")");
    f.git({{"lfsguard." + std::string(key.name), values.two}});
    CHECK(f.in_force(key.name) == values.two + " (git config (local))");
    f.environment(environment_name(key), values.one);
    CHECK(f.in_force(key.name) == values.one + " (" + environment_name(key) + ")");
  }
}

TEST_CASE("a wrong value is an error in each layer, also where a higher one overrides it") {
  for (const Key& key : all_keys()) {
    const Sample values = sample(key);
    if (key.type != KeyType::choice && key.type != KeyType::size) continue;
    INFO(key.name);
    {
      Fixture f;
      f.system(toml_of(key, values.wrong));
      f.environment(environment_name(key), values.one);
      CHECK(f.complaint().find("allowed: " + allowed_values(key)) != std::string::npos);
    }
    {
      Fixture f;
      f.git({{"lfsguard." + std::string(key.name), values.wrong}});
      CHECK(f.complaint().starts_with("this setting cannot be used: lfsguard." + std::string(key.name) + " = " +
                                      values.wrong + "\n"));
    }
    {
      Fixture f;
      f.environment(environment_name(key), values.wrong);
      CHECK(f.complaint().starts_with("this setting cannot be used: " + environment_name(key) + "=" + values.wrong +
                                      "\n"));
    }
  }
}

TEST_CASE("flags beat everything; --above also takes limits, warn and profile away") {
  Fixture f;
  f.environment("LFSGUARD_THRESHOLD", "1MiB");
  f.environment("LFSGUARD_MODE", "warn");
  f.repository("warn = \"5KiB\"\nprofile = \"github\"\n[[limit]]\npath = \"*.csv\"\nthreshold = 7\n");
  f.sources.mode = "block";
  f.sources.threshold = "3MiB";
  CHECK(f.load().policy.threshold == 3u << 20);
  CHECK(f.load().policy.mode == Mode::block);
  CHECK(f.load().policy.lowest_limit() == 7);
  f.sources.above = 1000;
  const Policy policy = f.load().policy;
  CHECK(policy.threshold == 1000);
  CHECK(policy.limit_source == "--above");
  CHECK(policy.limits.empty());
  CHECK_FALSE(policy.warn.has_value());
  CHECK(policy.lowest_limit() == 1000);
  REQUIRE(policy.profiles.size() == 1);
  CHECK(policy.profiles[0].name == "generic");
}

TEST_CASE("with nothing set, the defaults hold") {
  Fixture f;
  const Policy policy = f.load().policy;
  CHECK(policy.threshold == 10u << 20);
  CHECK(policy.limit_source == "default");
  CHECK_FALSE(policy.warn.has_value());
  CHECK(policy.mode == Mode::fix);
  CHECK(policy.push == PushMode::block);
  CHECK(policy.server_objects == ServerObjects::automatic);
  CHECK(policy.bypass.empty());
  CHECK(policy.severity(Rule::oversize) == Severity::error);
  CHECK(policy.severity(Rule::raw_in_lfs) == Severity::error);
  CHECK(policy.severity(Rule::binary) == Severity::off);
  CHECK(policy.severity(Rule::bad_pointer) == Severity::warning);
  CHECK(policy.severity(Rule::uncovered_pointer) == Severity::warning);
  CHECK(policy.severity(Rule::missing_object) == Severity::error);
  CHECK(policy.severity(Rule::lfs_oversize) == Severity::error);
  CHECK(policy.severity(Rule::too_many_entries) == Severity::error);
  CHECK(policy.severity(Rule::push_too_big) == Severity::error);
  CHECK(policy.severity(Rule::attributes_ignored) == Severity::warning);
}

TEST_CASE("the threshold is the lowest limit among the profiles of all remotes") {
  Fixture f;
  f.git({{"remote.a.url", "https://github.com/a/b"}});
  CHECK(f.load().policy.threshold == 100u << 20);
  CHECK(f.load().policy.limit_source == "github");
  CHECK(f.load().policy.warn == 50u << 20);
  f.git({{"remote.a.url", "https://github.com/a/b"},
         {"remote.h.url", "git@hf.co:datasets/a/b"},
         {"remote.x.url", "/srv/x.git"}});
  const Policy policy = f.load().policy;
  CHECK(policy.threshold == 10u << 20);
  CHECK(policy.limit_source == "huggingface");
  CHECK(policy.severity(Rule::binary) == Severity::warning);
  CHECK(policy.profiles.size() == 3);
  f.sources.remote = "a";
  CHECK(f.load().policy.threshold == 100u << 20);
  f.sources.push_url = "https://gitlab.com/a/b";
  REQUIRE(f.load().policy.profiles.size() == 1);
  CHECK(f.load().policy.profiles[0].name == "gitlab");
  f.repository("threshold = \"1GiB\"\n[rules]\nbinary = \"off\"\n");
  CHECK(f.load().policy.threshold == 1u << 30);
  CHECK(f.load().policy.limit_source == ".lfsguard.toml");
  CHECK(f.load().policy.severity(Rule::binary) == Severity::off);
}

TEST_CASE("a policy may change a built-in profile, add one, and name the plan") {
  Fixture f;
  f.git({{"remote.a.url", "https://git.corp.example/a"}});
  f.repository("plan = \"team\"\n[profiles.gitea]\nhosts = [\"git.corp.example\"]\nreject = \"3MiB\"\n");
  CHECK(f.load().policy.threshold == 3u << 20);
  CHECK(f.load().policy.limit_source == "gitea");
  f.repository("profile = \"mine\"\n[profiles.mine]\nlfs-object-max = 77\nbinary = \"error\"\n");
  CHECK(f.load().policy.profiles[0].lfs_object_max == 77);
  CHECK(f.load().policy.severity(Rule::binary) == Severity::error);
  f.repository("profile = \"github\"\nplan = \"enterprise\"\n");
  CHECK(f.load().policy.profiles[0].lfs_object_max == 5'000'000'000);
}

TEST_CASE("tables of all layers count, those of a higher layer later") {
  Fixture f;
  f.system("[[limit]]\npath = \"*.csv\"\nthreshold = 1\n[[allow]]\npath = \"a\"\nreason = \"r\"\n");
  f.repository(
      "[[limit]]\npath = \"*.csv\"\nthreshold = \"2KB\"\n[[allow]]\nblob = "
      "\"0123456789012345678901234567890123456789\"\nreason = \"s\"\nuntil = 2027-02-28\n");
  const LoadedPolicy loaded = f.load();
  REQUIRE(loaded.policy.limits.size() == 2);
  CHECK(loaded.policy.limits[0].threshold == 1);
  CHECK(loaded.policy.limits[1].threshold == 2000);
  CHECK(loaded.limit_origins[1] == ".lfsguard.toml:1");
  REQUIRE(loaded.policy.allowances.size() == 2);
  CHECK(loaded.policy.allowances[1].blob.has_value());
  CHECK(loaded.policy.allowances[1].holds("2027-02-28"));
  CHECK_FALSE(loaded.policy.allowances[1].holds("2027-03-01"));
  CHECK(loaded.policy.lowest_limit() == 1);
}

TEST_CASE("an unknown key is a warning with its line") {
  Fixture f;
  f.repository(
      "treshold = 1\n[rules]\nbinary = \"off\"\nbig = \"off\"\n[[allow]]\npath = \"a\"\nreason = \"b\"\nwhy = "
      "1\n[tool.x]\ny = 1\n");
  f.git({{"lfsguard.tresh", "1"}});
  CHECK(f.load().policy.warnings ==
        std::vector<std::string>{".lfsguard.toml:1: unknown key treshold", ".lfsguard.toml:4: unknown key rules.big",
                                 ".lfsguard.toml:8: unknown key allow.why", ".lfsguard.toml:9: unknown key tool",
                                 "git config (local): unknown key lfsguard.tresh"});
}

TEST_CASE("a broken file is shown with its line, a caret and what is allowed") {
  const std::map<std::string, std::string> cases = {
      {"version = 1\nthreshold = \"ten\"\n",
       "these settings cannot be used: .lfsguard.toml:2:13\n  threshold = \"ten\"\n              ^ \"ten\" is not a "
       "size\n"
       "  allowed: a size like 10MiB, 500KB, 1.5GB or a number of bytes\n"},
      {"version = 2\nthreshold = \"ten\"\n",
       "these settings cannot be used: .lfsguard.toml:1:11\n  version = 2\n            ^ this program does not know "
       "version 2\n  allowed: 1\n"},
      {"version = 1\n\"\xC3\xA9\" = 1 # \xC3\xA9\nmode\xC3\xA9 = 2\n",
       "these settings cannot be used: .lfsguard.toml:3:5\n  mode\xC3\xA9 = 2\n      ^ Error while parsing key-value pair: "
       "expected '=', saw '\xC3\xA9'\n"},
      {"mode = -1'\xD0\x8D\n",
       "these settings cannot be used: .lfsguard.toml:1:10\n  mode = -1'\xD0\x8D\n           ^ Error while parsing decimal integer: "
       "expected digit, saw '\''\n"},
      {"mode = \"a\\\xC3\xA9\"\n",
       "these settings cannot be used: .lfsguard.toml:1:11\n  mode = \"a\\\xC3\xA9\"\n            ^ Error while parsing string: unknown "
       "escape sequence '\\\xC3\xA9'\n"},
      {"threshold = -1\n",
       "these settings cannot be used: .lfsguard.toml:1:13\n  threshold = -1\n              ^ \"-1\" is not a size\n"
       "  allowed: a size like 10MiB, 500KB, 1.5GB or a number of bytes\n"},
      {"mode = true\n",
       "these settings cannot be used: .lfsguard.toml:1:8\n  mode = true\n         ^ wrong type\n  allowed: fix, "
       "block, warn\n"},
      {"[rules]\n\tbinary = \"maybe\"\n",
       "these settings cannot be used: .lfsguard.toml:2:11\n   binary = \"maybe\"\n            ^ \"maybe\" is none of "
       "its values\n  allowed: error, warn, off\n"},
      {"track = [\"*.bin\", 3]\n",
       "these settings cannot be used: .lfsguard.toml:1:19\n  track = [\"*.bin\", 3]\n                    ^ wrong "
       "type\n"
       "  allowed: a list of patterns as in .gitignore: [\"*.safetensors\"]\n"},
      {"[[allow]]\npath = \"a\"\n",
       "these settings cannot be used: .lfsguard.toml:1:1\n  [[allow]]\n  ^ this allowance has no reason\n  allowed: "
       "reason = \"why it is allowed\"\n"},
      {"[[allow]]\npath = \"a\"\nreason = \" \"\n",
       "these settings cannot be used: .lfsguard.toml:3:10\n  reason = \" \"\n           ^ it must not be empty\n"
       "  allowed: why it is allowed, for those who read the report\n"},
      {"[[allow]]\nreason = \"r\"\n",
       "these settings cannot be used: .lfsguard.toml:1:1\n  [[allow]]\n  ^ this allowance names neither path nor "
       "blob\n"
       "  allowed: path = \"docs/manual.pdf\", or blob = \"<object id>\"\n"},
      {"[[allow]]\nblob = \"12\"\nreason = \"r\"\n",
       "these settings cannot be used: .lfsguard.toml:2:8\n  blob = \"12\"\n         ^ this is no object id\n  "
       "allowed: an object id, 40 hex digits\n"},
      {"[[allow]]\npath = \"a\"\nreason = \"r\"\nuntil = \"2027-02-29\"\n",
       "these settings cannot be used: .lfsguard.toml:4:9\n  until = \"2027-02-29\"\n          ^ this is no date\n"
       "  allowed: a date like 2027-01-31, the last day on which it holds (UTC)\n"},
      {"[[limit]]\npath = \"*.csv\"\n",
       "these settings cannot be used: .lfsguard.toml:1:1\n  [[limit]]\n  ^ this limit has no threshold\n  allowed: "
       "threshold = \"1MiB\"\n"},
      {"profile = \"hugface\"\n",
       "these settings cannot be used: .lfsguard.toml:1:11\n  profile = \"hugface\"\n            ^ there is no profile "
       "\"hugface\"\n"
       "  allowed: auto, bitbucket, generic, gitea, gitee, github, gitlab, huggingface, modelscope\n"},
      {"limit = 3\n",
       "these settings cannot be used: .lfsguard.toml:1:9\n  limit = 3\n          ^ wrong type\n  allowed: a list of "
       "tables: [[limit]]\n"},
      {"rules = 3\n",
       "these settings cannot be used: .lfsguard.toml:1:9\n  rules = 3\n          ^ wrong type\n  allowed: a table: "
       "[rules]\n"},
  };
  for (const auto& [text, expected] : cases) {
    Fixture f;
    f.repository(text);
    CHECK(f.complaint() == expected);
  }
}

TEST_CASE("a file that is no TOML is shown with its line and a caret") {
  for (const auto& [text, head] : std::map<std::string, std::string>{
           {"threshold = \n", "these settings cannot be used: .lfsguard.toml:1:13\n  threshold = \n              ^ "},
           {"a = 1\na = 2\n", "these settings cannot be used: .lfsguard.toml:2:5\n  a = 2\n      ^ "},
           {"threshold = \"\xff\"\n", "these settings cannot be used: .lfsguard.toml:1:1"}}) {
    Fixture f;
    f.repository(text);
    INFO(f.complaint());
    CHECK(f.complaint().starts_with(head));
  }
}

TEST_CASE("a line that is too long to be shown is shown around the place") {
  Fixture f;
  f.repository("track = [" + std::string(300, ' ') + "7" + std::string(300, ' ') + "]\n");
  CHECK(f.complaint() == "these settings cannot be used: .lfsguard.toml:1:310\n  " + std::string(40, ' ') + "7" +
                             std::string(79, ' ') + "\n  " + std::string(40, ' ') +
                             "^ wrong type\n  allowed: a list of patterns as in .gitignore: [\"*.safetensors\"]\n");
}

TEST_CASE("the work tree's .lfsguard.toml is read, and refused when it is no file") {
  Fixture f;
  git::RepositoryLayout layout{f.folder, f.folder, f.folder, f.folder, false};
  f.sources.layout = &layout;
  f.sources.repository_file = From::work_tree;
  CHECK(f.load().policy.threshold == 10u << 20);
  std::ofstream(f.folder + "/.lfsguard.toml") << "threshold = 5\n";
  CHECK(f.load().policy.threshold == 5);
  std::filesystem::remove(f.folder + "/.lfsguard.toml");
  std::filesystem::create_directory(f.folder + "/.lfsguard.toml");
  CHECK(f.complaint() == "the settings are no file: " + f.folder + "/.lfsguard.toml\n");
}

TEST_CASE("a server heeds its own files alone") {
  Fixture f;
  git::RepositoryLayout layout{f.folder, f.folder, f.folder, "", true};
  f.sources.layout = &layout;
  f.sources.server = true;
  f.environment("LFSGUARD_THRESHOLD", "1");
  f.environment("HF_ENDPOINT", "https://github.com");
  f.user("threshold = 2\nbroken");
  f.git({{"lfsguard.threshold", "3"}, {"remote.a.url", "https://github.com/a/b"}});
  f.repository("threshold = 4\n");
  CHECK(f.load().policy.threshold == 10u << 20);
  f.system("threshold = 5\nmode = \"warn\"\n");
  CHECK(f.load().policy.threshold == 5);
  std::ofstream(f.folder + "/lfsguard.toml")
      << "threshold = 6\n[server]\nbypass = \"please\"\nobjects = \"elsewhere\"\n";
  const Policy policy = f.load().policy;
  CHECK(policy.threshold == 6);
  CHECK(policy.mode == Mode::warn);
  CHECK(policy.bypass == "please");
  CHECK(policy.server_objects == ServerObjects::elsewhere);
}

TEST_CASE("a pushed file can tighten a server's policy and cannot loosen it") {
  Fixture f;
  f.sources.server = true;
  f.system(
      "threshold = 1000\nwarn = 500\ngrowth = \"judge\"\n[rules]\nbinary = \"warn\"\n[server]\nbypass = \"x\"\n[[limit]]\npath = "
      "\"*.big\"\nthreshold = 9000\n");
  const Policy before = f.load().policy;

  Policy looser = before;
  REQUIRE(tighten(looser, "main:.lfsguard.toml",
                  "threshold = 99999\nwarn = 9999\nmode = \"warn\"\npush = \"warn\"\ngrowth = \"allow\"\n[rules]\nbinary = "
                  "\"off\"\noversize = \"off\"\n"
                  "[server]\nbypass = \"mine\"\nobjects = \"elsewhere\"\n[[allow]]\npath = \"*\"\nreason = \"please\"\n"
                  "[[limit]]\npath = \"*\"\nthreshold = \"1GiB\"\n"));
  CHECK(looser.threshold == 1000);
  CHECK(looser.warn == 500);
  CHECK(looser.growth == Growth::judge);
  CHECK(looser.severity(Rule::binary) == Severity::warning);
  CHECK(looser.severity(Rule::oversize) == Severity::error);
  CHECK(looser.bypass == "x");
  CHECK(looser.server_objects == ServerObjects::automatic);
  CHECK(looser.allowances.empty());
  REQUIRE(looser.limits.size() == 2);
  CHECK(looser.limits[0].threshold == 9000);
  CHECK(looser.limits[1].threshold == 1000);

  Policy tighter = before;
  tighter.growth = Growth::allow;
  REQUIRE(tighten(tighter, "main:.lfsguard.toml",
                  "threshold = 100\nwarn = 50\ntrack = [\"*.x\"]\ngrowth = \"judge\"\nprofile = \"huggingface\"\n[rules]\nbinary = "
                  "\"error\"\n[server]\nobjects = \"here\"\n"));
  CHECK(tighter.threshold == 100);
  CHECK(tighter.limit_source == "main:.lfsguard.toml");
  CHECK(tighter.growth == Growth::judge);
  CHECK(tighter.warn == 50);
  CHECK(tighter.limits[0].threshold == 100);
  CHECK(tighter.track == std::vector<std::string>{"*.x"});
  CHECK(tighter.severity(Rule::binary) == Severity::error);
  CHECK(tighter.server_objects == ServerObjects::here);
  CHECK(tighter.profiles.back().name == "huggingface");

  Policy broken = before;
  const auto refused = tighten(broken, "main:.lfsguard.toml", "threshold = \"x\"\n");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().subject == "main:.lfsguard.toml:1:13");
}

TEST_CASE("the fingerprint changes with whatever decides findings and with nothing else") {
  Fixture f;
  const uint64_t before = f.load().policy.fingerprint();
  CHECK(f.load().policy.fingerprint() == before);
  for (const char* text :
       {"threshold = 1\n", "warn = 0\n", "track = [\"a\"]\n", "[rules]\nbinary = \"warn\"\n", "profile = \"github\"\n",
        "[[limit]]\npath = \"a\"\nthreshold = 1\n", "[[allow]]\npath = \"a\"\nreason = \"b\"\n"}) {
    INFO(text);
    f.repository(text);
    CHECK(f.load().policy.fingerprint() != before);
  }
  f.repository("unknown = 1\n");
  CHECK(f.load().policy.fingerprint() == before);
}
