#include "scanner/push_size.h"

#include <sys/stat.h>

#include <charconv>

#include "base/file_descriptor.h"
#include "git/objects/loose_object.h"
#include "git/process/git_command.h"

namespace lfsguard::scanner {
namespace {

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

uint64_t bytes_in_packs(const git::ObjectDatabase& database) {
  uint64_t bytes = 0;
  for (const auto& source : database.sources())
    for (const auto& pack : source.packs) bytes += pack->end();
  return bytes;
}

uint64_t bytes_loose(const git::ObjectDatabase& database) {
  uint64_t bytes = 0;
  for (const auto& source : database.sources()) {
    for (unsigned prefix = 0; prefix < 256; ++prefix) {
      const auto ids = git::list_loose_objects(source.directory, prefix);
      if (!ids) continue;
      for (const ObjectId& id : *ids) {
        const std::string hex = id.hex();
        struct stat info {};
        if (::stat((source.directory + "/" + hex.substr(0, 2) + "/" + hex.substr(2)).c_str(), &info) == 0) bytes += static_cast<uint64_t>(info.st_size);
      }
    }
  }
  return bytes;
}

// Ids a line, "^" before what the remote has.
Result<std::string> revisions(const git::RepositoryLayout& layout, const PushedRange& range) {
  std::string lines;
  for (const ObjectId& oid : range.tips) lines += oid.hex() + "\n";
  for (const ObjectId& oid : range.known) lines += "^" + oid.hex() + "\n";
  if (range.remote.empty()) return lines;
  const std::string theirs = TRY(git::git_output(
      git::git_command({"for-each-ref", "--format=%(objectname)", "refs/remotes/" + range.remote + "/"}, folder_to_ask(layout))));
  for (const std::string_view line : git::split_lines(theirs)) lines += "^" + std::string(line) + "\n";
  return lines;
}

// As `git push` makes it; ended where it passes the limit, so the count is then the least that it has.
Result<uint64_t> pack_bytes(const git::RepositoryLayout& layout, const std::string& revisions, uint64_t limit) {
  const Command command = git::git_command({"pack-objects", "--revs", "--stdout", "--thin", "--delta-base-offset", "-q"}, folder_to_ask(layout));
  Subprocess packing = TRY(Subprocess::start(command, {}));
  TRY(write_all(packing.input().get(), revisions, "git pack-objects"));
  packing.input().reset();
  uint64_t bytes = 0;
  std::vector<char> buffer(1 << 16);
  while (const size_t got = TRY(read_some(packing.output().get(), buffer.data(), buffer.size(), "git pack-objects"))) {
    bytes += got;
    if (bytes <= limit) continue;
    packing.kill(15);
    packing.wait();
    return bytes;
  }
  if (packing.wait() != 0) return fail(ErrorKind::io, "git pack-objects failed", layout.git_dir, "run 'git fsck'");
  return bytes;
}

}  // namespace

Result<std::optional<uint64_t>> push_size_over(const git::RepositoryLayout& layout, const git::ObjectDatabase& database, const PushedRange& range,
                                               uint64_t limit, Progress& progress) {
  using Answer = std::optional<uint64_t>;
  const uint64_t loose = bytes_loose(database);
  if (bytes_in_packs(database) + loose <= limit) return Answer();
  const std::string input = TRY(revisions(layout, range));
  Command asked = git::git_command({"rev-list", "--stdin", "--objects", "--disk-usage"}, folder_to_ask(layout));
  asked.input = input;
  const std::string line = TRY(git::git_line(asked));
  uint64_t stored = 0;
  std::from_chars(line.data(), line.data() + line.size(), stored);
  if (stored <= limit) return Answer();
  if (stored > limit + loose) return Answer(stored);
  progress.phase("Measuring the push", 0, "");
  if (TRY(pack_bytes(layout, input, limit)) <= limit) return Answer();
  return Answer(stored);
}

}  // namespace lfsguard::scanner
