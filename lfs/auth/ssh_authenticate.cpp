#include "lfs/auth/ssh_authenticate.h"

#include <nlohmann/json.hpp>

#include "git/process/git_command.h"
#include "lfs/net/expiry.h"
#include "lfs/net/trace.h"

namespace lfsguard::lfs {

Result<SshAnswer> parse_ssh_answer(std::string_view text, std::chrono::system_clock::time_point now) {
  const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (!value.is_object()) return fail(ErrorKind::corrupt, "git-lfs-authenticate did not answer with JSON", "");
  SshAnswer answer;
  if (const auto href = value.find("href"); href != value.end() && href->is_string()) answer.href = *href;
  while (answer.href.ends_with('/')) answer.href.pop_back();
  if (const auto headers = value.find("header"); headers != value.end() && headers->is_object())
    for (const auto& [name, item] : headers->items())
      if (item.is_string()) answer.headers.emplace_back(name, item.get<std::string>());
  const auto in = value.find("expires_in");
  const auto at = value.find("expires_at");
  answer.expires = expiry_of(in != value.end() && in->is_number_integer() ? in->get<int64_t>() : 0,
                             at != value.end() && at->is_string() ? at->get<std::string>() : "", now);
  return answer;
}

Result<SshAnswer> ssh_authenticate(const ClientConfig& config, const SshAddress& address, Operation operation) {
  Command command =
      ssh_command(config, address, {"git-lfs-authenticate", address.path, std::string(name_of(operation))});
  command.input = "";
  trace(TraceTopic::general, "ssh: git-lfs-authenticate on " + address.user_and_host);
  const Completed completed = TRY(run(command));
  if (completed.status != 0) {
    const ErrorKind kind = completed.status == 255   ? ErrorKind::network
                           : completed.status == 127 ? ErrorKind::not_found
                                                     : ErrorKind::auth;
    Error error{kind, "git-lfs-authenticate failed over SSH", address.user_and_host + ":" + address.path, {}, {}};
    for (const std::string_view line : git::split_lines(completed.error_output)) error.causes.emplace_back(line);
    return fail(std::move(error));
  }
  return parse_ssh_answer(completed.output, std::chrono::system_clock::now());
}

}  // namespace lfsguard::lfs
