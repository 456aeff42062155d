#include "rewrite/ref_swap.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "git/objects/object_reader.h"
#include "git/process/git_command.h"
#include "git/process/index_file.h"
#include "lfs/store/pointer.h"
#include "rewrite/leftovers.h"
#include "rewrite/stash.h"

namespace lfsguard::rewrite {
namespace {

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

struct Changed {
  std::string path;
  uint32_t old_mode = 0, new_mode = 0;
  ObjectId old_oid, new_oid;
};

Result<std::vector<Changed>> diff_commits(const git::RepositoryLayout& layout, const ObjectId& from, const ObjectId& to) {
  const std::string output = TRY(git::git_output(
      git::git_command({"diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from.hex(), to.hex()}, folder_to_ask(layout))));
  std::vector<Changed> changes;
  const auto items = git::split_nul(output);
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view line = items[i];
    if (line.size() < 98) continue;
    Changed change;
    change.path = std::string(items[i + 1]);
    change.old_mode = static_cast<uint32_t>(std::strtoul(std::string(line.substr(1, 6)).c_str(), nullptr, 8));
    change.new_mode = static_cast<uint32_t>(std::strtoul(std::string(line.substr(8, 6)).c_str(), nullptr, 8));
    change.old_oid = ObjectId::from_hex(line.substr(15, 40)).value_or(ObjectId{});
    change.new_oid = ObjectId::from_hex(line.substr(56, 40)).value_or(ObjectId{});
    changes.push_back(std::move(change));
  }
  return changes;
}

// A file that is tracked no more, and the directories that it leaves empty.
void remove_file(const std::string& top, std::string path) {
  if (::unlink((top + "/" + path).c_str()) != 0) return;
  for (size_t slash; (slash = path.rfind('/')) != std::string::npos;) {
    path.resize(slash);
    if (::rmdir((top + "/" + path).c_str()) != 0) return;
  }
}

// git as the main work tree asks it: HEAD is that tree's own there, wherever this command was started, and every other one is worktrees/NAME/HEAD.
Command git_of_main(const git::RepositoryLayout& layout, std::vector<std::string> arguments, const std::string& git_dir = {}) {
  Command command = git::git_command(std::move(arguments), layout.common_dir);
  for (const char* name : {"GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}) command.environment.emplace_back(name);
  command.environment.push_back("GIT_DIR=" + (git_dir.empty() ? layout.common_dir : git_dir));
  return command;
}

git::RepositoryLayout place_of(git::RepositoryLayout layout, const WorkTreeChange& change) {
  layout.work_tree = change.path;
  return layout;
}

void drop_own_lock(const git::RepositoryLayout& layout, const WorkTreeChange& change) {
  const git::RepositoryLayout place = place_of(layout, change);
  git::IndexFile(place, change.path != layout.work_tree).drop_own_lock();
}

bool is_attributes_file(std::string_view path) { return path == ".gitattributes" || path.ends_with("/.gitattributes"); }

}  // namespace

std::string backup_ref(const std::string& run, const std::string& name) {
  std::string place = name;
  // No ref can have such a name.
  if (is_stash_entry(name)) place = "stash-" + name.substr(name.find('{') + 1, name.size() - name.find('{') - 2);
  return "refs/lfsguard/backup/" + run + "/" + place;
}

Result<std::unordered_map<std::string, ObjectId>> current_refs(const git::RepositoryLayout& layout, const std::vector<RefChange>& names) {
  std::unordered_map<std::string, ObjectId> refs;
  const std::string listed = TRY(git::git_output(git::git_command({"for-each-ref", "--format=%(objectname) %(refname)"}, folder_to_ask(layout))));
  for (const std::string_view line : git::split_lines(listed))
    if (const auto oid = ObjectId::from_hex(line.substr(0, 40)); oid && line.size() > 41) refs.emplace(line.substr(41), *oid);
  for (const RefChange& change : names) {
    if (change.name.starts_with("refs/") || TRY(run(git_of_main(layout, {"symbolic-ref", "-q", change.name}))).status == 0) continue;
    const auto line = git::git_line(git_of_main(layout, {"rev-parse", "-q", "--verify", change.name}));
    if (const auto oid = line ? ObjectId::from_hex(*line) : std::nullopt) refs.emplace(change.name, *oid);
  }
  return refs;
}

Status move_refs(const git::RepositoryLayout& layout, const std::vector<RefChange>& changes, const std::string& message) {
  if (changes.empty()) return {};
  Command command = git_of_main(layout, {"update-ref", "-m", message, "-z", "--stdin"});
  std::string& input = *command.input;
  const auto word = [&](std::string_view text) { input.append(text).push_back('\0'); };
  word("start");
  std::vector<const RefChange*> heads_apart;
  const bool reftable = ::access((layout.common_dir + "/reftable").c_str(), F_OK) == 0;
  for (const RefChange& change : changes) {
    if (is_stash_entry(change.name)) continue;
    // With reftable git (2.47) takes another work tree's HEAD into the transaction, says it is done, and leaves it where it was.
    if (reftable && !change.name.starts_with("refs/") && change.name != "HEAD") {
      heads_apart.push_back(&change);
      continue;
    }
    word("option no-deref");
    if (change.new_oid.is_zero()) {
      word("delete " + change.name);
      word(change.old_oid.hex());
    } else {
      word("update " + change.name);
      word(change.new_oid.hex());
      word(change.old_oid.hex());
    }
  }
  word("prepare");
  word("commit");
  auto output = git::git_output(command);
  // At the end of a list that was cut short git drops the transaction and says nothing.
  if (output && !output->ends_with("commit: ok\n")) output = fail(ErrorKind::io, "git did not carry out the list of refs", *output);
  if (!output) {
    Error error = std::move(output).error().because("git refused to move the refs; none of them has moved", layout.common_dir);
    error.kind = ErrorKind::conflict;
    return fail(std::move(error).with_hint("another program may have moved a ref meanwhile: run the command again"));
  }
  for (const RefChange* head : heads_apart)
    TRY(git::git_output(git_of_main(layout, {"update-ref", "--no-deref", "-m", message, "HEAD", head->new_oid.hex(), head->old_oid.hex()},
                                    layout.common_dir + "/" + head->name.substr(0, head->name.rfind('/')))));
  return {};
}

Result<std::unordered_map<std::string, ObjectId>> detached_heads(const git::RepositoryLayout& layout, const std::vector<WorkTreeChange>& changes) {
  std::unordered_map<std::string, ObjectId> heads;
  for (const WorkTreeChange& change : changes) {
    const auto ask = [&](std::vector<std::string> arguments) {
      Command command = git::git_command(std::move(arguments), change.path);
      for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"})
        if (change.path != layout.work_tree) command.environment.emplace_back(name);
      return command;
    };
    if (TRY(run(ask({"symbolic-ref", "-q", "HEAD"}))).status == 0) continue;
    const std::string git_dir = TRY(git::git_line(ask({"rev-parse", "--absolute-git-dir"})));
    heads.emplace(git_dir == layout.common_dir ? "HEAD" : "worktrees/" + git_dir.substr(git_dir.rfind('/') + 1) + "/HEAD", change.old_commit);
  }
  return heads;
}

Result<std::vector<WorkTreeChange>> work_trees_that_move(const git::RepositoryLayout& layout,
                                                         const std::function<std::optional<ObjectId>(const ObjectId&)>& moved) {
  std::vector<WorkTreeChange> changes;
  const std::string listed = TRY(git::git_output(git::git_command({"worktree", "list", "--porcelain", "-z"}, folder_to_ask(layout))));
  std::string path;
  bool first = true;
  for (const std::string_view line : git::split_nul(listed)) {
    if (line.starts_with("worktree ")) path = std::string(line.substr(9));
    if (!line.starts_with("HEAD ")) continue;
    // The main one comes first, and git takes it for the folder around .git: where that lies elsewhere (a submodule's does) it names the git folder.
    if (std::exchange(first, false) && !layout.bare) {
      if (layout.git_dir == layout.common_dir && !layout.work_tree.empty()) path = layout.work_tree;
      else if (const auto top = git::git_line(git_of_main(layout, {"rev-parse", "--show-toplevel"})); top && path == layout.common_dir) path = *top;
    }
    const auto head = ObjectId::from_hex(line.substr(5));
    struct stat info {};
    if (!head || head->is_zero() || ::stat(path.c_str(), &info) != 0) continue;  // prunable: its HEAD moves, there is no index to care for
    if (const auto target = moved(*head)) changes.push_back({path, *head, *target, {}});
  }
  return changes;
}

Status update_work_tree(const git::RepositoryLayout& layout, WorkTreeChange& change, bool undo, const std::string& program) {
  const std::vector<Changed> changes = TRY(diff_commits(layout, change.old_commit, change.new_commit));
  const git::RepositoryLayout place = place_of(layout, change);
  const git::IndexFile index(place, change.path != layout.work_tree);
  std::vector<git::IndexEntry> entries;
  std::vector<std::string> gone, attributes;
  std::map<std::string, char> tags;
  for (const git::IndexEntry& entry : TRY(index.entries({}))) tags[entry.path] = entry.tag;
  for (const Changed& changed : changes) {
    if (changed.new_mode == 0) {
      gone.push_back(changed.path);
    } else {
      const auto tag = tags.find(changed.path);
      entries.push_back({changed.new_mode, changed.new_oid, changed.path, tag == tags.end() ? 'H' : tag->second});
      if (is_attributes_file(changed.path) && (tag == tags.end() || (tag->second != 'S' && tag->second != 's'))) attributes.push_back(changed.path);
    }
  }

  // What each converted file's pointer is, is known: the filter that git runs while it refreshes stat data only looks it up.
  const auto database = TRY(git::ObjectDatabase::open(layout.object_dir));
  git::ObjectReader reader(*database);
  std::string known;
  if (!undo) change.written_anew.clear();
  for (const Changed& changed : changes) {
    if (changed.new_mode == 0 || is_attributes_file(changed.path)) continue;
    const auto blob = reader.read(changed.new_oid);
    if (!blob) continue;
    const lfs::ParsedPointer parsed = lfs::parse_pointer(blob->view());
    if (!parsed.is_pointer()) continue;
    // Line endings, ident or an encoding made other bytes of the blob than LFS, which gives its objects as they are.
    struct stat info {};
    const auto tag = tags.find(changed.path);
    if (!undo && tag != tags.end() && tag->second == 'H' && ::lstat((change.path + "/" + changed.path).c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        static_cast<uint64_t>(info.st_size) != parsed.pointer.size) {
      change.written_anew.push_back(changed.path);
      continue;
    }
    known.append(changed.path).push_back('\0');
    known.append(blob->view()).push_back('\0');
  }
  TemporaryFile map = TRY(TemporaryFile::create(layout.private_dir(), "known-"));
  TRY(write_all(map.fd(), known, map.path()));

  return index.edit([&](const git::IndexFile& copy) -> Status {
    if (!entries.empty()) TRY(copy.put(entries));
    TRY(copy.remove(gone));
    TRY(copy.check_out(attributes));
    for (const std::string& path : gone)
      if (undo || is_attributes_file(path)) remove_file(change.path, path);
    if (undo)
      for (const git::IndexEntry& entry : entries)
        if (std::find(change.written_anew.begin(), change.written_anew.end(), entry.path) != change.written_anew.end()) ::unlink((change.path + "/" + entry.path).c_str());
    copy.refresh(program, map.path());
    if (!undo) return copy.check_out(change.written_anew, program);
    // Back from commits that are newer than the run: their files differ in more than pointers. Nothing here was uncommitted.
    std::vector<std::string> kept;
    for (const Changed& changed : changes)
      if (changed.new_mode != 0 && changed.new_mode != 0160000) kept.push_back(changed.path);
    return copy.check_out(TRY(copy.changed_in_work_tree(kept)));
  });
}

Status carry_out(const git::RepositoryLayout& layout, const RunFolder& folder, Journal journal, const Surroundings& surroundings) {
  if (journal.state == Journal::State::prepared) {
    // Rolling forward: what has moved already is left out.
    const auto current = TRY(current_refs(layout, journal.refs));
    std::vector<RefChange> left;
    for (const RefChange& change : journal.refs) {
      const auto now = current.find(change.name);
      if (now == current.end() || now->second != change.new_oid) left.push_back(change);
    }
    TRY(move_refs(layout, left, "lfsguard rewrite " + journal.run));
    TRY(move_stash_log(layout, journal.refs, journal.stash_log, journal.undo));
    journal.state = Journal::State::refs_moved;
    TRY(folder.put(journal));
  }
  for (WorkTreeChange& change : journal.work_trees) TRY(update_work_tree(layout, change, journal.undo, surroundings.program));
  TRY(surroundings.settle(journal));
  journal.state = journal.undo ? Journal::State::undone : Journal::State::done;
  return folder.put(journal);
}

Result<std::string> finish_pending(const git::RepositoryLayout& layout, const Surroundings& surroundings) {
  const auto run = RunFolder::pending(layout);
  if (!run || RunLock::is_held_by_parent(layout)) return std::string();
  const auto lock = TRY(RunLock::take(layout));
  if (!lock) return std::string();  // it is under way, not killed
  remove_leftovers(layout);
  const RunFolder folder = RunFolder::named(layout, *run);
  auto journal = folder.journal();
  // Killed before it (or its undoing) said anything, or when all was done.
  if (!journal || journal->state == Journal::State::done || journal->state == Journal::State::undone) {
    ::unlink((layout.private_dir() + "/rewrite/pending").c_str());
    return std::string();
  }
  const auto current = TRY(current_refs(layout, journal->refs));
  const bool moved = journal->undo || journal->state == Journal::State::refs_moved || std::any_of(journal->refs.begin(), journal->refs.end(), [&](const RefChange& change) {
                       const auto now = current.find(change.name);
                       return now != current.end() && now->second == change.new_oid;
                     });
  if (moved) {
    for (const WorkTreeChange& change : journal->work_trees) drop_own_lock(layout, change);
    TRY(carry_out(layout, folder, *journal, surroundings));
    return std::string(journal->undo ? "finished undoing the rewrite " : "finished the rewrite ") + *run + " that was interrupted";
  }
  std::vector<RefChange> backups;
  for (const RefChange& change : journal->refs) {
    const std::string name = backup_ref(*run, change.name);
    if (current.contains(name)) backups.push_back({name, change.old_oid, {}});
  }
  TRY(move_refs(layout, backups, "lfsguard: drop backups of a run that did not happen"));
  for (const std::string& pack : journal->packs) ::unlink(pack.c_str());
  ::unlink((layout.private_dir() + "/rewrite/pending").c_str());
  TRY(folder.remove());
  return "took back the rewrite " + *run + " that was interrupted before anything had moved";
}

}  // namespace lfsguard::rewrite
