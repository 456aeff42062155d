#include "lfs/transfer/pointer_listing.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "base/subprocess.h"
#include "git/process/git_command.h"

namespace lfsguard::lfs {
namespace {

// How many blobs one `cat-file` reads: their content is held at once.
constexpr size_t kBlobsAtOnce = 20000;

Command git_in(const git::RepositoryLayout& layout, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "--git-dir=" + layout.git_dir);
  return git::git_command(std::move(arguments), layout.work_tree);
}

struct SmallBlob {
  ObjectId id;
  size_t size;
};

// Those of `ids` that are blobs small enough to be pointers. "<id> <type> <size>" a line.
Result<std::vector<SmallBlob>> small_blobs(const git::RepositoryLayout& layout, const std::vector<ObjectId>& ids) {
  Command command = git_in(layout, {"cat-file", "--batch-check", "--buffer"});
  std::string input;
  for (const ObjectId& id : ids) input += id.hex() + "\n";
  command.input = std::move(input);
  const std::string output = TRY(git::git_output(command));
  std::vector<SmallBlob> small;
  for (const std::string_view line : git::split_lines(output)) {
    const size_t kind = line.find(" blob ");
    if (kind == std::string_view::npos) continue;
    const std::string_view digits = line.substr(kind + 6);
    size_t size = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    const auto id = ObjectId::from_hex(line.substr(0, kind));
    if (id && size > 0 && size < kPointerSizeLimit) small.push_back({*id, size});
  }
  return small;
}

using PointersByBlob = std::unordered_map<ObjectId, Pointer>;

// Reads blobs whose sizes are known and keeps the pointers among them.
Status read_pointers(const git::RepositoryLayout& layout, const std::vector<SmallBlob>& blobs, PointersByBlob& found) {
  for (size_t first = 0; first < blobs.size(); first += kBlobsAtOnce) {
    const size_t last = std::min(blobs.size(), first + kBlobsAtOnce);
    Command command = git_in(layout, {"cat-file", "--batch", "--buffer"});
    std::string input;
    for (size_t i = first; i < last; ++i) input += blobs[i].id.hex() + "\n";
    command.input = std::move(input);
    const std::string output = TRY(git::git_output(command));
    std::string_view rest = output;
    for (size_t i = first; i < last; ++i) {
      const size_t newline = rest.find('\n');
      if (newline == std::string_view::npos || rest.size() < newline + 1 + blobs[i].size + 1)
        return fail(ErrorKind::corrupt, "git cat-file stopped early", blobs[i].id.hex());
      const ParsedPointer parsed = parse_pointer(rest.substr(newline + 1, blobs[i].size));
      if (parsed.is_pointer()) found.emplace(blobs[i].id, parsed.pointer);
      rest.remove_prefix(newline + 1 + blobs[i].size + 1);
    }
  }
  return {};
}

struct Entry {
  ObjectId blob;
  std::string path;
  bool executable = false;
};

Result<std::vector<ListedPointer>> pointers_of(const git::RepositoryLayout& layout, std::vector<Entry> entries,
                                               const std::vector<SmallBlob>& small) {
  PointersByBlob found;
  TRY(read_pointers(layout, small, found));
  std::vector<ListedPointer> pointers;
  for (Entry& entry : entries)
    if (const auto pointer = found.find(entry.blob); pointer != found.end())
      pointers.push_back({pointer->second, std::move(entry.path), entry.blob, entry.executable});
  return pointers;
}

// Those of the names that are here; git would die of one that is not. "<name> missing" for it.
Result<std::vector<std::string>> names_here(const git::RepositoryLayout& layout,
                                            const std::vector<std::string>& names) {
  if (names.empty()) return names;
  Command command = git_in(layout, {"cat-file", "--batch-check"});
  std::string input;
  for (const std::string& name : names) input += name + "\n";
  command.input = std::move(input);
  const std::string output = TRY(git::git_output(command));
  const std::vector<std::string_view> lines = git::split_lines(output);
  std::vector<std::string> here;
  for (size_t i = 0; i < lines.size() && i < names.size(); ++i)
    if (!lines[i].ends_with(" missing")) here.push_back(names[i]);
  return here;
}

}  // namespace

// "<mode> <type> <id> <size>\t<path>" with NUL at the end.
Result<std::vector<ListedPointer>> pointers_in_tree(const git::RepositoryLayout& layout, const std::string& treeish) {
  const std::string output =
      TRY(git::git_output(git_in(layout, {"ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", treeish})));
  std::vector<Entry> entries;
  std::vector<SmallBlob> small;
  std::unordered_set<ObjectId> seen;
  for (const std::string_view item : git::split_nul(output)) {
    const size_t tab = item.find('\t');
    if (tab == std::string_view::npos || !item.starts_with("100")) continue;
    const std::string_view head = item.substr(0, tab);
    const size_t type = head.find(' ') + 1;
    const size_t id_at = head.find(' ', type) + 1;
    const size_t id_end = head.find(' ', id_at);
    const auto id = ObjectId::from_hex(head.substr(id_at, id_end - id_at));
    if (!id) continue;
    const std::string_view digits = head.substr(head.find_last_of(' ') + 1);
    size_t size = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (size == 0 || size >= kPointerSizeLimit) continue;
    if (seen.insert(*id).second) small.push_back({*id, size});
    entries.push_back({*id, std::string(item.substr(tab + 1)), item.starts_with("100755")});
  }
  return pointers_of(layout, std::move(entries), small);
}

// "<mode> <id> <stage>\t<path>" with NUL at the end.
Result<std::vector<ListedPointer>> pointers_in_index(const git::RepositoryLayout& layout) {
  const std::string output = TRY(git::git_output(git_in(layout, {"ls-files", "-s", "-z", "--full-name"})));
  std::vector<Entry> entries;
  std::vector<ObjectId> ids;
  std::unordered_set<ObjectId> seen;
  for (const std::string_view item : git::split_nul(output)) {
    const size_t tab = item.find('\t');
    if (tab == std::string_view::npos || !item.starts_with("100")) continue;
    const auto id = ObjectId::from_hex(item.substr(7, 2 * ObjectId::kSize));
    if (!id || item[tab - 1] != '0') continue;
    if (seen.insert(*id).second) ids.push_back(*id);
    entries.push_back({*id, std::string(item.substr(tab + 1)), item.starts_with("100755")});
  }
  return pointers_of(layout, std::move(entries), TRY(small_blobs(layout, ids)));
}

Result<std::vector<ListedPointer>> pointers_in_history(const git::RepositoryLayout& layout,
                                                       const std::vector<std::string>& include,
                                                       const std::vector<std::string>& exclude) {
  if (include.empty()) return std::vector<ListedPointer>{};
  Command command = git_in(layout, {"rev-list", "--objects", "--stdin", "--ignore-missing", "--no-filter"});
  std::string input;
  for (const std::string& name : include) input += name + "\n";
  for (const std::string& name : TRY(names_here(layout, exclude))) input += "^" + name + "\n";
  command.input = std::move(input);
  const std::string output = TRY(git::git_output(command));
  std::vector<Entry> entries;
  std::vector<ObjectId> ids;
  // "<id>" for commits, "<id> <path>" for trees and blobs; the path is written with its newlines, so a line that does
  // not begin with an id is the rest of one.
  for (const std::string_view line : git::split_lines(output)) {
    const auto id =
        line.size() >= 2 * ObjectId::kSize ? ObjectId::from_hex(line.substr(0, 2 * ObjectId::kSize)) : std::nullopt;
    if (!id) {
      if (!entries.empty()) entries.back().path += "\n" + std::string(line);
      continue;
    }
    if (line.size() == 2 * ObjectId::kSize) continue;
    entries.push_back({*id, std::string(line.substr(2 * ObjectId::kSize + 1)), false});
    ids.push_back(*id);
  }
  return pointers_of(layout, std::move(entries), TRY(small_blobs(layout, ids)));
}

std::vector<TransferObject> transfer_objects(const std::vector<ListedPointer>& pointers) {
  std::vector<TransferObject> objects;
  std::unordered_set<Oid> seen;
  for (const ListedPointer& listed : pointers)
    if (!listed.pointer.stands_for_nothing() && seen.insert(listed.pointer.oid).second)
      objects.push_back({listed.pointer.oid, listed.pointer.size, listed.path, ""});
  return objects;
}

std::string commit_of_blob(const git::RepositoryLayout& layout, const ObjectId& blob) {
  const Result<std::string> output =
      git::git_output(git_in(layout, {"log", "--all", "--reverse", "--format=%H", "--find-object=" + blob.hex()}));
  if (!output) return {};
  return output->substr(0, output->find('\n'));
}

}  // namespace lfsguard::lfs
