// `lfsguard lfs prune`: objects that nobody here needs and the remote has are deleted from the store.
#include <unistd.h>

#include <algorithm>

#include "base/byte_size.h"
#include "cli/command.h"
#include "cli/lfs_client.h"
#include "cli/lfs_prune.h"

namespace lfsguard::cli {
namespace {

std::string objects_text(size_t count) { return std::to_string(count) + (count == 1 ? " file" : " files"); }

// Stops at the first object that the remote does not have: deleting it would lose it.
Status verify(const lfs::Client& client, const std::vector<lfs::StoredObject>& going) {
  std::vector<lfs::TransferObject> objects;
  for (const lfs::StoredObject& object : going) objects.push_back({object.oid, object.size, "", ""});
  const std::string remote = lfs::prune_remote(client.config());
  const std::vector<lfs::Oid> missing = TRY(client.missing_on(remote, objects));
  if (missing.empty()) return {};
  Error error{ErrorKind::not_found,
              "nothing was pruned: the remote does not have objects that would go",
              remote,
              "send them with: lfsguard lfs push --all " + remote,
              {}};
  for (const lfs::Oid& oid : missing) error.causes.push_back(oid.hex());
  return fail(std::move(error));
}

PruneOptions options_of(const lfs::Client& client, const Arguments& arguments) {
  PruneOptions options;
  options.choice.force = arguments.has("--force") || client.config().flag("lfs.pruneforce", false);
  options.choice.recent = arguments.has("--recent") || options.choice.force;
  options.dry_run = arguments.has("--dry-run");
  options.verbose = arguments.has("--verbose");
  options.verify_remote =
      (arguments.has("--verify-remote") || client.config().flag("lfs.pruneverifyremotealways", false)) &&
      !arguments.has("--no-verify-remote");
  return options;
}

Result<int> run_prune(Context& context, const Arguments& arguments) {
  const lfs::Client client = TRY(open_lfs_client(context));
  TRY(prune_store(context, client, options_of(client, arguments)));
  return 0;
}

constexpr Option kOptions[] = {
    {"--dry-run", "", "say what would go", 'd'},
    {"--force", "", "also what is checked out, never what is not pushed", 'f'},
    {"--recent", "", "also what is recent"},
    {"--verify-remote", "", "first ask the remote whether it has what would go", 'c'},
    {"--no-verify-remote", "", "do not ask, whatever lfs.pruneverifyremotealways says"},
    {"--verbose", "", "name each object", 'v'},
};

}  // namespace

Status prune_store(Context& context, const lfs::Client& client, const PruneOptions& options) {
  const auto kept = TRY(lfs::retained_objects(client, options.choice));
  std::vector<lfs::StoredObject> objects = lfs::stored_objects(client.store());
  const size_t local = objects.size();
  std::erase_if(objects, [&](const lfs::StoredObject& object) { return kept.contains(object.oid); });
  uint64_t bytes = 0;
  for (const lfs::StoredObject& object : objects) bytes += object.size;
  context.print("prune: " + std::to_string(local) + " local objects, " + std::to_string(local - objects.size()) +
                " retained, done.\n");
  if (options.verify_remote && !objects.empty()) TRY(verify(client, objects));
  std::ranges::sort(objects, {}, &lfs::StoredObject::oid);
  if (options.verbose)
    for (const lfs::StoredObject& object : objects)
      context.print(" * " + object.oid.hex() + " (" + format_byte_size(object.size) + ")\n");
  if (options.dry_run) {
    if (!objects.empty())
      context.print("prune: " + objects_text(objects.size()) + " would be pruned (" + format_byte_size(bytes) +
                    "), done.\n");
    return {};
  }
  for (const lfs::StoredObject& object : objects)
    if (::unlink(object.path.c_str()) != 0 && errno != ENOENT) return fail(errno_error("cannot delete", object.path));
  for (const std::string& path : lfs::stale_temporaries(client.store())) ::unlink(path.c_str());
  if (!objects.empty())
    context.print("prune: " + objects_text(objects.size()) + " deleted (" + format_byte_size(bytes) + "), done.\n");
  return {};
}

extern constinit const Command kLfsPruneCommand{
    .name = "prune",
    .summary = "delete objects from the store that the remote has and nothing recent needs",
    .options = kOptions,
    .most = 0,
    .run = run_prune,
};

}  // namespace lfsguard::cli
