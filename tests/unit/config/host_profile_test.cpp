#include "config/host_profile.h"

#include <fstream>
#include <sstream>

#include "config/profile_texts.h"
#include "config/toml_document.h"
#include "tests/support/catch.h"

using namespace lfsguard;
using namespace lfsguard::config;

namespace {

void fill(HostProfile& profile, const std::string& prefix, const TomlNode& table) {
  for (const TomlMember& member : table.members) {
    if (member.value.type == TomlNode::Type::table) {
      fill(profile, prefix + member.key + ".", member.value);
      continue;
    }
    std::vector<std::string> values;
    if (member.value.type == TomlNode::Type::array)
      for (const TomlNode& item : member.value.items) values.push_back(item.text);
    else
      values.push_back(member.value.text);
    INFO(profile.name << " " << prefix << member.key);
    CHECK(set_profile_key(profile, prefix + member.key, values) == "");
  }
}

std::string named(std::string_view url, std::string_view endpoint = "") {
  return profile_for_url(url, all_profiles(), endpoint).name;
}

}  // namespace

TEST_CASE("the light reader of profiles reads what toml++ reads") {
  REQUIRE(all_profiles().size() == 8);
  for (const ProfileText& file : profile_texts()) {
    const auto document = parse_toml(file.name, file.text);
    REQUIRE(document.has_value());
    HostProfile expected;
    expected.name = file.name;
    fill(expected, "", *document);
    const HostProfile* read = profile_named(file.name);
    REQUIRE(read);
    INFO(file.name);
    CHECK(read->hosts == expected.hosts);
    CHECK(read->warn == expected.warn);
    CHECK(read->reject == expected.reject);
    CHECK(read->lfs_object_max == expected.lfs_object_max);
    CHECK(read->push_max == expected.push_max);
    CHECK(read->directory_entries_max == expected.directory_entries_max);
    CHECK(read->binary == expected.binary);
    CHECK(read->patterns == expected.patterns);
    CHECK(read->dataset_patterns == expected.dataset_patterns);
    REQUIRE(read->plans.size() == expected.plans.size());
  }
}

TEST_CASE("profiles hold the hosts' published limits") {
  CHECK(profile_named("huggingface")->reject == 10u << 20);
  CHECK(profile_named("huggingface")->lfs_object_max == 500'000'000'000);
  CHECK(profile_named("huggingface")->directory_entries_max == 10000);
  CHECK(profile_named("github")->warn == 50u << 20);
  CHECK(profile_named("github")->reject == 100u << 20);
  CHECK(profile_named("github")->push_max == uint64_t{2} << 30);
  CHECK(profile_named("gitlab")->push_max == uint64_t{5} << 30);
  CHECK(profile_named("bitbucket")->reject == 100'000'000);
  CHECK(profile_named("bitbucket")->push_max == 3'500'000'000);
  CHECK(profile_named("gitee")->reject == 50'000'000);
  CHECK(profile_named("modelscope")->warn == 1u << 20);
  CHECK(profile_named("generic")->reject == 0);
  CHECK(profile_named("nowhere") == nullptr);
  HostProfile github = *profile_named("github");
  apply_plan(github, "team");
  CHECK(github.lfs_object_max == 4'000'000'000);
}

TEST_CASE("the host is found in every kind of URL") {
  CHECK(host_of_url("https://user:token@HuggingFace.co/a/b") == "huggingface.co");
  CHECK(host_of_url("https://github.com:8443/a") == "github.com:8443");
  CHECK(host_of_url("ssh://git@hf.co:22/a") == "hf.co:22");
  CHECK(host_of_url("git@hf.co:a/b") == "hf.co");
  CHECK(host_of_url("hf.co:a/b") == "hf.co");
  CHECK(host_of_url("git://github.com/a") == "github.com");
  CHECK(host_of_url("https://github.com./a") == "github.com");
  CHECK(host_of_url("https://[::1]:80/a") == "[::1]:80");
  CHECK(host_of_url("git@[::1]:a/b") == "[::1]");
  CHECK(host_of_url("/srv/github.com:x/a.git") == "");
  CHECK(host_of_url("./github.com:x") == "");
  CHECK(host_of_url("file:///srv/a.git") == "");
  CHECK(host_of_url("https://evil.example/github.com") == "evil.example");
  CHECK(host_of_url("https://github.com@evil.example/") == "evil.example");
  CHECK(host_of_url("") == "");
}

TEST_CASE("a URL's host chooses the profile") {
  CHECK(named("https://huggingface.co/a/b") == "huggingface");
  CHECK(named("git@hf.co:a/b") == "huggingface");
  CHECK(named("https://hf-mirror.com/a/b") == "huggingface");
  CHECK(named("ssh://git@ssh.github.com:443/a/b.git") == "github");
  CHECK(named("https://gitlab.com/a/b") == "gitlab");
  CHECK(named("https://gitlab.example.com/a/b") == "generic");
  CHECK(named("https://notgithub.com/a/b") == "generic");
  CHECK(named("git@bitbucket.org:a/b") == "bitbucket");
  CHECK(named("https://www.modelscope.cn/a") == "modelscope");
  CHECK(named("/srv/a.git") == "generic");
}

TEST_CASE("HF_ENDPOINT makes its host the Hub, on its port alone when it names one") {
  CHECK(named("https://hub.corp.example/a/b", "https://hub.corp.example") == "huggingface");
  CHECK(named("https://hub.corp.example:8443/a/b", "https://hub.corp.example") == "huggingface");
  CHECK(named("http://127.0.0.1:18090/a/b", "http://127.0.0.1:18090/") == "huggingface");
  CHECK(named("http://127.0.0.1:18091/a/b", "http://127.0.0.1:18090") == "generic");
  CHECK(named("https://hub.corp.example/a/b", "hub.corp.example") == "huggingface");
  CHECK(named("/srv/a.git", "") == "generic");
}
