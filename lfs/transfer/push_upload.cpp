#include "lfs/transfer/push_upload.h"

#include <algorithm>

#include "git/process/git_command.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::lfs {
namespace {

bool is_zero(const std::string& oid) { return oid.find_first_not_of('0') == std::string::npos; }

}  // namespace

std::string remote_of_push(const Client& client, const std::string& remote, const std::string& url) {
  if (client.config().get("remote." + remote + ".url") || client.config().get("remote." + remote + ".pushurl"))
    return remote;
  return remote_of_url(client.config(), url.empty() ? remote : url);
}

Result<TransferReport> upload_for_push(const Client& client, const std::string& remote, const std::string& url,
                                       const std::vector<RefUpdate>& updates, std::vector<TransferObject> needed,
                                       const EventSink& events) {
  // The API has room for one ref; the first that is not a deletion stands for the push.
  const auto first = std::ranges::find_if(updates, [](const RefUpdate& update) { return !is_zero(update.local_oid); });
  const std::string ref = first == updates.end() ? "" : first->remote_ref;
  return client.upload(remote_of_push(client, remote, url), std::move(needed), ref, events);
}

Result<std::vector<TransferObject>> objects_for_push(const Client& client, const std::string& remote,
                                                     const std::string& url, const std::vector<RefUpdate>& updates) {
  std::vector<std::string> include, exclude;
  for (const RefUpdate& update : updates) {
    if (is_zero(update.local_oid)) continue;
    include.push_back(update.local_oid);
  }
  if (include.empty()) return std::vector<TransferObject>{};
  for (const RefUpdate& update : updates)
    if (!is_zero(update.remote_oid)) exclude.push_back(update.remote_oid);
  const std::string name = remote_of_push(client, remote, url);
  const std::string refs =
      TRY(git::git_output(git::git_command({"--git-dir=" + client.layout().git_dir, "for-each-ref",
                                            "--format=%(objectname)", "refs/remotes/" + name + "/"})));
  for (const std::string_view line : git::split_lines(refs)) exclude.emplace_back(line);
  return transfer_objects(TRY(pointers_in_history(client.layout(), include, exclude)));
}

std::string describe(const TransferFailure& failure) {
  std::string text = failure.object.path.empty() ? failure.object.oid.hex()
                                                 : failure.object.path + " (" + failure.object.oid.hex() + ")";
  if (!failure.object.commit.empty()) text += ", of commit " + failure.object.commit.substr(0, 12);
  return text + ": " + to_line(failure.error);
}

}  // namespace lfsguard::lfs
