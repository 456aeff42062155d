#include "rewrite/notes.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "git/objects/history.h"
#include "git/objects/tree.h"

namespace lfsguard::rewrite {
namespace {

constexpr int kDepthMax = 40;

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

// A notes tree with new names, brought from one commit's to the next's by what differs: each commit of a notes ref's history changes a few notes among
// many, and only their directories are made anew.
class RekeyedNotes {
 public:
  RekeyedNotes(git::ObjectReader& reader, const NewId& new_id, git::PackWriter& pack) : reader_(reader), new_id_(new_id), pack_(pack) {}

  // What takes the place of `tree_oid`; itself where none of its notes is about a rewritten object.
  Result<ObjectId> tree(const ObjectId& tree_oid) {
    TRY(bring(at_ ? &*at_ : nullptr, &tree_oid, "", 0));
    at_ = tree_oid;
    return renamed_ == 0 ? Result<ObjectId>(tree_oid) : write("");
  }

 private:
  struct Note {
    std::string mode;
    ObjectId blob;
    bool renamed = false;
  };

  // Entries that are not alike in the two trees, either of which may be none: out with the old ones, then in with the new.
  Status bring(const ObjectId* from, const ObjectId* to, const std::string& prefix, int depth) {
    if (from && to && *from == *to) return {};
    if (depth > kDepthMax) return fail(ErrorKind::corrupt, "a notes tree is nested too deeply", (to ? *to : *from).hex());
    git::Object old_tree, new_tree;
    if (from) old_tree = TRY(reader_.read(*from));
    if (to) new_tree = TRY(reader_.read(*to));
    std::unordered_map<std::string_view, git::TreeEntry> gone;
    git::TreeEntry entry;
    for (git::TreeReader entries(old_tree.view()); entries.next(entry);) gone.emplace(entry.name, entry);
    struct Come {
      git::TreeEntry entry;
      std::optional<ObjectId> old;  // of a directory that was one before
    };
    std::vector<Come> come;
    for (git::TreeReader entries(new_tree.view()); entries.next(entry);) {
      const auto before = gone.find(entry.name);
      const bool same = before != gone.end() && before->second.bytes == entry.bytes;
      const bool both_trees = before != gone.end() && before->second.is_tree() && entry.is_tree();
      if (!same) come.push_back({entry, both_trees ? std::optional(before->second.id()) : std::nullopt});
      if (same || both_trees) gone.erase(before);
    }
    for (const auto& [name, old] : gone) {
      const std::string path = prefix + std::string(name);
      const ObjectId oid = old.id();
      if (old.is_tree()) TRY(bring(&oid, nullptr, path + "/", depth + 1));
      else drop(path);
    }
    for (const auto& [fresh, old] : come) {
      const std::string path = prefix + std::string(fresh.name);
      const ObjectId oid = fresh.id();
      if (fresh.is_tree()) TRY(bring(old ? &*old : nullptr, &oid, path + "/", depth + 1));
      else put(path, {std::string(fresh.bytes.substr(0, fresh.bytes.find(' '))), oid, false});
    }
    return {};
  }

  std::pair<std::string, bool> new_path(const std::string& path) const {
    const auto oid = noted(path);
    const auto replaced = oid ? new_id_(*oid) : std::nullopt;
    return replaced ? std::pair(rewrite::renamed(path, *replaced), true) : std::pair(path, false);
  }
  void put(const std::string& path, Note note) {
    auto [name, renamed] = new_path(path);
    note.renamed = renamed;
    touch(name);
    Note& slot = notes_[std::move(name)];  // where a note on the new object is there already, the last one stays
    renamed_ -= slot.renamed;
    renamed_ += renamed;
    slot = std::move(note);
  }
  void drop(const std::string& path) {
    const auto [name, renamed] = new_path(path);
    const auto found = notes_.find(name);
    if (found == notes_.end() || found->second.renamed != renamed) return;
    renamed_ -= found->second.renamed;
    touch(found->first);
    notes_.erase(found);
  }
  // The directories above it are written no more.
  void touch(const std::string& name) {
    written_.erase("");
    for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) written_.erase(name.substr(0, slash + 1));
  }

  Result<ObjectId> write(const std::string& prefix) {
    if (const auto known = written_.find(prefix); known != written_.end()) return known->second;
    // Names with a slash behind directories give git's order.
    std::map<std::string, std::string> entries;
    for (auto at = notes_.lower_bound(prefix); at != notes_.end() && at->first.starts_with(prefix);) {
      const std::string_view rest = std::string_view(at->first).substr(prefix.size());
      const size_t slash = rest.find('/');
      const std::string name(rest.substr(0, slash));
      if (slash == std::string_view::npos) {
        entries[name] = at->second.mode + " " + name + std::string(1, '\0') + std::string(at->second.blob.raw());
        ++at;
        continue;
      }
      const ObjectId inner = TRY(write(prefix + name + "/"));
      entries[name + "/"] = "40000 " + name + std::string(1, '\0') + std::string(inner.raw());
      at = notes_.lower_bound(prefix + name + static_cast<char>('/' + 1));  // behind everything in it
    }
    std::string content;
    for (const auto& [name, bytes] : entries) content += bytes;
    const ObjectId oid = hash_object("tree", content);
    TRY(pack_.add(git::ObjectType::tree, oid, content));
    written_.insert_or_assign(prefix, oid);
    return oid;
  }

  git::ObjectReader& reader_;
  const NewId& new_id_;
  git::PackWriter& pack_;
  std::optional<ObjectId> at_;               // the tree that notes_ is of
  std::map<std::string, Note> notes_;        // by path ("ab/cdef…" as the fan-out has it), with the new name
  std::map<std::string, ObjectId> written_;  // directory ("", "ab/") -> its tree, while it holds
  size_t renamed_ = 0;
};

// Whether a note below a tree is about an object that `changes`. Trees that were looked at are not again.
class ChangedNotes {
 public:
  ChangedNotes(git::ObjectReader& reader, const std::function<bool(const ObjectId&)>& changes) : reader_(reader), changes_(changes) {}

  Result<bool> any(const ObjectId& tree_oid, const std::string& prefix, int depth) {
    if (!seen_.emplace(prefix, tree_oid).second) return false;
    if (depth > kDepthMax) return fail(ErrorKind::corrupt, "a notes tree is nested too deeply", tree_oid.hex());
    const git::Object tree = TRY(reader_.read(tree_oid));
    git::TreeEntry entry;
    for (git::TreeReader entries(tree.view()); entries.next(entry);) {
      const std::string path = prefix + std::string(entry.name);
      if (entry.is_tree()) {
        if (TRY(any(entry.id(), path + "/", depth + 1))) return true;
      } else if (const auto oid = noted(path); oid && changes_(*oid)) {
        return true;
      }
    }
    return false;
  }

 private:
  git::ObjectReader& reader_;
  const std::function<bool(const ObjectId&)>& changes_;
  std::set<std::pair<std::string, ObjectId>> seen_;
};

Result<git::History> history_of(git::ObjectReader& reader, const ObjectId& tip) {
  git::History::Options options;
  options.whole = false;
  return git::History::load(reader.database(), {tip}, options);
}

}  // namespace

Result<ObjectId> rewrite_notes(git::ObjectReader& reader, const ObjectId& tip, const NewId& new_id, bool strip, git::PackWriter& pack) {
  const git::History history = TRY(history_of(reader, tip));
  std::map<ObjectId, ObjectId> moved;
  RekeyedNotes notes(reader, new_id, pack);
  for (size_t i = history.commits().size(); i-- > 0;) {
    const git::History::Node& node = history.commits()[i];
    const ObjectId tree = TRY(notes.tree(node.tree_oid));
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
  ChangedNotes notes(reader, changes);
  for (const auto& commit : history.commits())
    if (TRY(notes.any(commit.tree_oid, "", 0))) return true;
  return false;
}

}  // namespace lfsguard::rewrite
