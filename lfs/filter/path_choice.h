// Which paths' objects are wanted: lfs.fetchinclude and lfs.fetchexclude, or the -I and -X of a command.
// Comma-separated gitignore patterns; no include means all; exclude wins.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "lfs/net/client_config.h"

namespace lfsguard::lfs {

using PathChoice = std::function<bool(std::string_view path)>;

// Empty when nothing is left out.
PathChoice path_choice(const std::string& include, const std::string& exclude, bool fold_case);
// The settings', with a command's flags in their place where they were given.
PathChoice fetch_choice(const ClientConfig& config, const std::optional<std::string>& include = {},
                        const std::optional<std::string>& exclude = {});

}  // namespace lfsguard::lfs
