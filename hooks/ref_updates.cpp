#include "hooks/ref_updates.h"

#include "git/process/git_command.h"

namespace lfsguard::hooks {
namespace {

tl::unexpected<Error> not_understood(std::string_view line) {
  return fail(ErrorKind::usage, "a line on standard input is not what git writes to this hook", "\"" + std::string(line) + "\"");
}

}  // namespace

Result<std::vector<scanner::RefUpdate>> parse_pre_push(std::string_view input) {
  std::vector<scanner::RefUpdate> updates;
  for (std::string_view line : git::split_lines(input)) {
    if (line.empty()) continue;
    const std::string_view whole = line;
    std::string_view fields[3];  // remote id, remote ref, local id
    for (std::string_view& field : fields) {
      const size_t space = line.rfind(' ');
      if (space == std::string_view::npos) return not_understood(whole);
      field = line.substr(space + 1);
      line = line.substr(0, space);
    }
    const auto remote_oid = ObjectId::from_hex(fields[0]), local_oid = ObjectId::from_hex(fields[2]);
    if (!remote_oid || !local_oid) return not_understood(whole);
    updates.push_back({std::string(line), std::string(fields[1]), *remote_oid, *local_oid});
  }
  return updates;
}

Result<std::vector<scanner::RefUpdate>> parse_pre_receive(std::string_view input) {
  std::vector<scanner::RefUpdate> updates;
  for (const std::string_view line : git::split_lines(input)) {
    if (line.empty()) continue;
    const auto old_oid = ObjectId::from_hex(line.substr(0, 40));
    const auto new_oid = line.size() > 82 ? ObjectId::from_hex(line.substr(41, 40)) : std::nullopt;
    if (!old_oid || !new_oid || line[40] != ' ' || line[81] != ' ') return not_understood(line);
    updates.push_back({{}, std::string(line.substr(82)), *old_oid, *new_oid});
  }
  return updates;
}

}  // namespace lfsguard::hooks
