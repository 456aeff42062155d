#include "rewrite/notes.h"

#include <map>
#include <vector>

#include "base/sha256.h"
#include "git/objects/history.h"
#include "git/objects/tree.h"

namespace lfsguard::rewrite {
namespace {

struct Note {
  std::string mode;
  ObjectId blob;
};
// Path of an entry ("ab/cdef…" as the fan-out has it) to what it holds.
using Notes = std::map<std::string, Note>;

Status flatten(git::ObjectReader& reader, const ObjectId& tree_oid, const std::string& prefix, Notes& notes, int depth) {
  if (depth > 40) return fail(ErrorKind::corrupt, "a notes tree is nested too deeply", tree_oid.hex());
  const git::Object tree = TRY(reader.read(tree_oid));
  git::TreeReader entries(tree.view());
  git::TreeEntry entry;
  while (entries.next(entry)) {
    const std::string path = prefix + std::string(entry.name);
    if (entry.is_tree()) TRY(flatten(reader, entry.id(), path + "/", notes, depth + 1));
    else notes.emplace(path, Note{std::string(entry.bytes.substr(0, entry.bytes.find(' '))), entry.id()});
  }
  return {};
}

// The object that an entry's path names, if it names one.
std::optional<ObjectId> noted(const std::string& path) {
  std::string hex;
  for (const char c : path)
    if (c != '/') hex += c;
  return ObjectId::from_hex(hex);
}

std::string renamed(const std::string& path, const ObjectId& oid) {
  const std::string hex = oid.hex();
  std::string result;
  size_t digit = 0;
  for (const char c : path) result += c == '/' ? '/' : hex[digit++];
  return result;
}

Result<ObjectId> write_tree(const Notes& notes, Notes::const_iterator begin, Notes::const_iterator end, size_t prefix, git::PackWriter& pack) {
  // Names with a slash behind directories give git's order.
  std::map<std::string, std::string> entries;
  for (auto at = begin; at != end;) {
    const std::string_view rest = std::string_view(at->first).substr(prefix);
    const size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
      entries[std::string(rest)] = at->second.mode + " " + std::string(rest) + std::string(1, '\0') + std::string(at->second.blob.raw());
      ++at;
      continue;
    }
    const std::string name(rest.substr(0, slash));
    auto last = at;
    while (last != end && std::string_view(last->first).substr(prefix).starts_with(name + "/")) ++last;
    const ObjectId inner = TRY(write_tree(notes, at, last, prefix + slash + 1, pack));
    entries[name + "/"] = "40000 " + name + std::string(1, '\0') + std::string(inner.raw());
    at = last;
  }
  std::string content;
  for (const auto& [name, bytes] : entries) content += bytes;
  const ObjectId oid = hash_object("tree", content);
  TRY(pack.add(git::ObjectType::tree, oid, content));
  return oid;
}

Result<ObjectId> rekey(git::ObjectReader& reader, const ObjectId& tree_oid, const NewId& new_id, git::PackWriter& pack) {
  Notes notes, changed;
  TRY(flatten(reader, tree_oid, "", notes, 0));
  bool any = false;
  for (auto& [path, note] : notes) {
    const auto oid = noted(path);
    const auto replaced = oid ? new_id(*oid) : std::nullopt;
    any |= replaced.has_value();
    changed.insert_or_assign(replaced ? renamed(path, *replaced) : path, note);
  }
  if (!any) return tree_oid;
  return write_tree(changed, changed.begin(), changed.end(), 0, pack);
}

Result<git::History> history_of(git::ObjectReader& reader, const ObjectId& tip) {
  git::History::Options options;
  options.whole = false;
  return git::History::load(reader.database(), {tip}, options);
}

}  // namespace

Result<ObjectId> rewrite_notes(git::ObjectReader& reader, const ObjectId& tip, const NewId& new_id, bool strip, git::PackWriter& pack) {
  const git::History history = TRY(history_of(reader, tip));
  std::map<ObjectId, ObjectId> moved;
  for (size_t i = history.commits().size(); i-- > 0;) {
    const git::History::Node& node = history.commits()[i];
    const ObjectId tree = TRY(rekey(reader, node.tree_oid, new_id, pack));
    if (tree != node.tree_oid) moved[node.tree_oid] = tree;
    const git::Object commit = TRY(reader.read(node.oid));
    const Spliced spliced = splice_commit(
        commit.view(),
        [&](const ObjectId& oid) -> std::optional<ObjectId> {
          const auto found = moved.find(oid);
          return found == moved.end() ? std::nullopt : std::optional(found->second);
        },
        strip);
    if (spliced.content == commit.view()) continue;
    const ObjectId oid = hash_object("commit", spliced.content);
    TRY(pack.add(git::ObjectType::commit, oid, spliced.content));
    moved[node.oid] = oid;
  }
  const auto found = moved.find(tip);
  return found == moved.end() ? tip : found->second;
}

Result<bool> notes_move(git::ObjectReader& reader, const ObjectId& tip, const std::function<bool(const ObjectId&)>& changes) {
  const git::History history = TRY(history_of(reader, tip));
  for (const auto& commit : history.commits()) {
    Notes notes;
    TRY(flatten(reader, commit.tree_oid, "", notes, 0));
    for (const auto& [path, note] : notes)
      if (const auto oid = noted(path); oid && changes(*oid)) return true;
  }
  return false;
}

}  // namespace lfsguard::rewrite
