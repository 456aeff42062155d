// What a repository is held against, after every source of settings has been read and layered.
//
// Precedence, highest first: flags, environment, git config, .lfsguard.toml, the user's file, the system's file
// (docs/interface.md, "Settings"); on a server only <repo.git>/lfsguard.toml and /etc, and a pushed .lfsguard.toml that
// can tighten.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/object_id.h"
#include "config/host_profile.h"
#include "config/rule.h"

namespace lfsguard::config {

enum class Mode { fix, block, warn };  // pre-commit
enum class PushMode { block, warn };   // pre-push
enum class Growth { judge, allow };    // new versions of files that git holds already
enum class ServerObjects { automatic, here, elsewhere };

struct PathLimit {
  std::string pattern;  // gitignore syntax
  uint64_t threshold = 0;
};

struct Allowance {
  std::string pattern;  // gitignore syntax; empty when it names a blob
  std::optional<ObjectId> blob;
  std::string reason;
  std::string until;  // "YYYY-MM-DD", inclusive, UTC; empty: for ever
  // Whether it still holds on the day `today` ("YYYY-MM-DD").
  bool holds(std::string_view today) const { return until.empty() || today <= until; }
};

struct Policy {
  uint64_t threshold =
      10u << 20;  // after layering: what was set, else the lowest reject limit of the profiles, else 10 MiB
  std::optional<uint64_t> warn;  // what was set, else the lowest warn limit of the profiles
  Mode mode = Mode::fix;
  PushMode push = PushMode::block;
  Growth growth = Growth::judge;
  std::vector<HostProfile> profiles;  // in force: the one named, or those of the remotes' URLs
  std::vector<std::string> track;
  std::array<Severity, kRuleCount> severities{};
  std::vector<PathLimit> limits;  // last matching one wins
  std::vector<Allowance> allowances;
  ServerObjects server_objects = ServerObjects::automatic;
  std::string bypass;
  uint64_t rewrite_memory = 1u << 30;  // bytes; decides no finding
  std::string limit_source;  // who set the threshold, for messages: "huggingface", ".lfsguard.toml", "--above", ...
  std::vector<std::string> warnings;  // unknown keys and the like, ready to be printed
  bool above_flag = false;            // --above replaces threshold, limits, warn and profile

  Severity severity(Rule rule) const { return severities[static_cast<size_t>(rule)]; }
  // The lowest size at or above which any path could be oversize (limits and warn included).
  uint64_t lowest_limit() const;
  // XXH3 over everything that decides findings: the key of caches.
  uint64_t fingerprint() const;
};

// On a server: what a pushed .lfsguard.toml may do to the server's policy, which is to make it stricter and nothing
// else. Lower limits, harder severities, more patterns, the limits of a further profile hold; its allowances, its
// bypass and everything laxer are not looked at. Where both have [[limit]] tables and a path is in both, the path may
// be held against a lower limit than either names. `name` is for errors ("v1:.lfsguard.toml"): a broken file is one, as
// everywhere.
Status tighten(Policy& policy, std::string_view name, std::string_view pushed_toml);

}  // namespace lfsguard::config
