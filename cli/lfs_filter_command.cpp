// `lfsguard lfs clean|smudge|filter-process`: what git runs as filter.lfs.*.
#include <cstdlib>
#include <map>

#include "base/file_descriptor.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lfs_client.h"
#include "cli/lfs_transfer_output.h"
#include "lfs/filter/background_download.h"
#include "lfs/filter/extension.h"
#include "lfs/filter/filter_process.h"
#include "lfs/filter/path_choice.h"

namespace lfsguard::cli {
namespace {

bool truthy(const char* name) {
  const char* value = std::getenv(name);
  const std::string_view text = value ? value : "";
  return !text.empty() && text != "0" && text != "false" && text != "no" && text != "off";
}

lfs::SmudgePolicy smudge_policy(const lfs::Client& client, const lfs::Extensions& extensions,
                                const Arguments& arguments) {
  lfs::SmudgePolicy policy;
  policy.skip = arguments.has("--skip") || truthy("GIT_LFS_SKIP_SMUDGE");
  policy.wanted = lfs::fetch_choice(client.config());
  policy.write_extended = [&](const std::string& path, const lfs::Pointer& pointer, const lfs::ByteSink& sink) {
    return lfs::smudge_through(extensions, client.store(), path, pointer, sink);
  };
  policy.skip_download_errors =
      truthy("GIT_LFS_SKIP_DOWNLOAD_ERRORS") || client.config().flag("lfs.skipdownloaderrors", false);
  return policy;
}

// %f as git gives it: relative to the top of the work tree.
std::string path_argument(const Arguments& arguments) {
  return arguments.positional().empty() ? "" : arguments.positional().front();
}

Result<int> run_clean(Context& context, const Arguments& arguments) {
  const git::RepositoryLayout* const layout = TRY(context.repository());
  const lfs::Client client = TRY(lfs::Client::open(*layout));
  const lfs::Extensions extensions = lfs::Extensions::read(client.config());
  const std::string path = path_argument(arguments);
  const lfs::Cleaned cleaned =
      extensions.empty()
          ? TRY(lfs::clean_fd(client.store(), 0, path.empty() ? "standard input" : path))
          : TRY(lfs::clean_through(extensions, client.store(), path, lfs::source_of(0, "standard input")));
  TRY(write_now(cleaned.output));
  return 0;
}

Result<int> run_smudge(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const lfs::Extensions extensions = lfs::Extensions::read(client.config());
  const lfs::SmudgePolicy policy = smudge_policy(client, extensions, arguments);
  TransferOutput output(context, false, "Downloading LFS objects");
  lfs::BackgroundDownload missing(client, meant_remote(client), output.sink(),
                                  [&](const std::vector<lfs::TransferObject>& objects) { output.expect(objects); });
  const std::string path = path_argument(arguments);
  const lfs::ByteSource source = lfs::source_of(0, "standard input");
  std::string head(lfs::kPointerSizeLimit, '\0');
  head.resize(TRY(source(head.data(), head.size())));
  const auto note = [&](std::string_view line) { context.note(line); };
  TRY(lfs::smudge(client.store(), policy, missing, path, head, source, lfs::sink_to(1, "standard output"), note));
  return 0;
}

// LFSGUARD_KNOWN_POINTERS names a file of "path NUL pointer NUL" that a rewrite leaves while it refreshes stat data:
// what it just made pointers of need not be hashed again.
std::map<std::string, std::string> known_pointers() {
  std::map<std::string, std::string> known;
  const char* file = std::getenv("LFSGUARD_KNOWN_POINTERS");
  const auto text = file ? read_file(file) : Result<std::string>(std::string());
  if (!text) return known;
  for (std::string_view rest = *text; !rest.empty();) {
    const size_t name_end = rest.find('\0');
    const size_t pointer_end = name_end == std::string_view::npos ? name_end : rest.find('\0', name_end + 1);
    if (pointer_end == std::string_view::npos) break;
    known.emplace(rest.substr(0, name_end), rest.substr(name_end + 1, pointer_end - name_end - 1));
    rest.remove_prefix(pointer_end + 1);
  }
  return known;
}

Result<int> run_filter_process(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  const lfs::Extensions extensions = lfs::Extensions::read(client.config());
  TransferOutput output(context, false, "Downloading LFS objects");
  lfs::BackgroundDownload missing(client, meant_remote(client), output.sink(),
                                  [&](const std::vector<lfs::TransferObject>& objects) { output.expect(objects); });
  lfs::FilterServices services{client.store(), smudge_policy(client, extensions, arguments), missing, {}, {}};
  const std::map<std::string, std::string> known = known_pointers();
  const bool compares_only = truthy("LFSGUARD_COMPARE_ONLY");  // set by `lfs checkout` while git refreshes the index
  services.clean = [&](const std::string& path, const lfs::ByteSource& source) -> Result<lfs::Cleaned> {
    if (const auto pointer = known.find(path); pointer != known.end()) {
      std::string dropped(1 << 16, '\0');
      while (TRY(source(dropped.data(), dropped.size())) == dropped.size()) {
      }
      return lfs::Cleaned{pointer->second, {}};
    }
    if (compares_only && extensions.empty()) return lfs::clean_without_storing(source);
    return extensions.empty() ? lfs::clean(client.store(), source)
                              : lfs::clean_through(extensions, client.store(), path, source);
  };
  services.note = [&](std::string_view line) { context.note(line); };
  TRY(lfs::run_filter_process(0, 1, services));
  return 0;
}

constexpr Option kSkipOptions[] = {{"--skip", "", "leave pointers as they are", 's'}};

}  // namespace

extern constinit const Command kLfsCleanCommand{
    .name = "clean",
    .summary = "content on standard input to a pointer on standard output (git runs this)",
    .arguments = "[-- PATH]",
    .most = 1,
    .run = run_clean,
};
extern constinit const Command kLfsSmudgeCommand{
    .name = "smudge",
    .summary = "pointer on standard input to content on standard output (git runs this)",
    .arguments = "[-- PATH]",
    .options = kSkipOptions,
    .most = 1,
    .run = run_smudge,
};
extern constinit const Command kLfsFilterProcessCommand{
    .name = "filter-process",
    .summary = "clean and smudge for many files in one process (git runs this)",
    .options = kSkipOptions,
    .most = 0,
    .run = run_filter_process,
};

}  // namespace lfsguard::cli
