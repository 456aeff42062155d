// `~/.netrc` (or the file NETRC names): machine, login, password, default. Format: the ftp(1) manual; macdef bodies are
// skipped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lfsguard::lfs {

// (login, password) for a host; the `default` entry where no machine matches. nullopt when the text knows neither.
std::optional<std::pair<std::string, std::string>> find_in_netrc(std::string_view text, std::string_view host,
                                                                 std::string_view wanted_user = {});

// From the user's own file; nullopt also when there is none.
std::optional<std::pair<std::string, std::string>> find_in_users_netrc(std::string_view host,
                                                                       std::string_view wanted_user = {});

}  // namespace lfsguard::lfs
