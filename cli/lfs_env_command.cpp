// `lfsguard lfs env`: where everything is and what is set, in git-lfs's form.
#include "base/version.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/program.h"
#include "git/process/git_command.h"
#include "lfs/net/url.h"
#include "lfs/transfer/transfer_options.h"

extern char** environ;

namespace lfsguard::cli {
namespace {

std::string endpoint_line(const lfs::ClientConfig& config, const std::string& remote, const std::string& title) {
  const Result<lfs::Endpoint> endpoint = lfs::resolve_endpoint(config, remote, lfs::Operation::download);
  if (!endpoint) return "";
  std::string access = "none";
  if (const auto url = lfs::Url::parse(endpoint->url)) access = config.for_url("lfs", "access", *url).value_or("none");
  std::string line = title + "=" + (endpoint->kind == lfs::Endpoint::Kind::local ? "file://" + endpoint->path : lfs::redact_url(endpoint->url)) + " (auth=" + access + ")\n";
  if (endpoint->ssh) line += "  SSH=" + endpoint->ssh->user_and_host + ":" + endpoint->ssh->path + "\n";
  return line;
}

std::string boolean(bool value) { return value ? "true" : "false"; }

Result<int> run_env(Context& context, const Arguments&) {
  const std::string ours = answers_as_git_lfs() ? git_lfs_version() : "lfsguard/" + std::string(kVersion) + " (git-lfs compatible)\n";
  const std::string versions = ours + TRY(git::git_line(git::git_command({"--version"}))) + "\n";
  if (!TRY(context.repository_if_any())) {
    context.print(versions);
    return 0;
  }
  const lfs::Client client = TRY(open_lfs_client(context));
  const lfs::ClientConfig& config = client.config();
  const git::RepositoryLayout& layout = client.layout();
  const lfs::TransferOptions options = lfs::TransferOptions::read(config);
  std::string text = versions + "\n";
  const std::string meant = meant_remote(client);
  text += endpoint_line(config, meant, "Endpoint");
  std::string last;
  for (const auto& [name, url] : config.each("remote", "url"))
    if (name != meant && name != last) text += endpoint_line(config, last = name, "Endpoint (" + name + ")");
  text += "LocalWorkingDir=" + layout.work_tree + "\nLocalGitDir=" + layout.git_dir +
          "\nLocalGitStorageDir=" + layout.common_dir + "\nLocalMediaDir=" + client.store().objects_dir() +
          "\nLocalReferenceDirs=";
  for (size_t i = 0; i < client.store().alternates().size(); ++i)
    text += (i ? ", " : "") + client.store().alternates()[i];
  text += "\nTempDir=" + client.store().tmp_dir() + "\nConcurrentTransfers=" + std::to_string(options.concurrency) +
          "\nTusTransfers=" + boolean(config.flag("lfs.tustransfers", false)) +
          "\nBasicTransfersOnly=" + boolean(config.flag("lfs.basictransfersonly", false)) +
          "\nSkipDownloadErrors=" + boolean(config.flag("lfs.skipdownloaderrors", false)) +
          "\nFetchRecentAlways=" + boolean(config.flag("lfs.fetchrecentalways", false)) +
          "\nFetchRecentRefsDays=" + std::to_string(config.number("lfs.fetchrecentrefsdays", 7)) +
          "\nFetchRecentCommitsDays=" + std::to_string(config.number("lfs.fetchrecentcommitsdays", 0)) +
          "\nFetchRecentRefsIncludeRemotes=" + boolean(config.flag("lfs.fetchrecentremoterefs", true)) +
          "\nPruneOffsetDays=" + std::to_string(config.number("lfs.pruneoffsetdays", 3)) +
          "\nPruneVerifyRemoteAlways=" + boolean(config.flag("lfs.pruneverifyremotealways", false)) +
          "\nPruneRemoteName=" + config.get("lfs.pruneremotetocheck").value_or("origin") +
          "\nLfsStorageDir=" + client.store().root() + "\nAccessDownload=none\nAccessUpload=none\n" +
          "DownloadTransfers=basic,lfs-standalone-file\nUploadTransfers=basic,lfs-standalone-file\n";
  for (const char* key : {"fetchinclude", "fetchexclude"})
    if (const auto value = config.get(std::string("lfs.") + key))
      text += (key == std::string_view("fetchinclude") ? "FetchInclude=" : "FetchExclude=") + *value + "\n";
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view variable = *entry;
    if (variable.starts_with("GIT_")) text += lfs::redact_url(variable) + "\n";
  }
  for (const char* key : {"process", "smudge", "clean"})
    text += std::string("git config filter.lfs.") + key + " = \"" +
            config.get(std::string("filter.lfs.") + key).value_or("") + "\"\n";
  context.print(text);
  return 0;
}

}  // namespace

extern constinit const Command kLfsEnvCommand{
    .name = "env",
    .summary = "where the store, the endpoints and the settings are",
    .most = 0,
    .run = run_env,
};

}  // namespace lfsguard::cli
