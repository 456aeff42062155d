#include "rewrite/undo.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "git/process/git_command.h"
#include "rewrite/leftovers.h"
#include "rewrite/preflight.h"
#include "rewrite/ref_swap.h"
#include "rewrite/stash.h"

namespace lfsguard::rewrite {
namespace {

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

Result<Journal> journal_to_undo(const git::RepositoryLayout& layout, const std::string& run) {
  if (!run.empty()) {
    Journal journal = TRY(RunFolder::named(layout, run).journal());
    if (journal.state == Journal::State::undone) return fail(ErrorKind::conflict, "this run was undone already", run);
    return journal;
  }
  const std::vector<std::string> runs = RunFolder::all(layout);
  for (size_t i = runs.size(); i-- > 0;) {
    Journal journal = TRY(RunFolder::named(layout, runs[i]).journal());
    if (journal.state == Journal::State::done) return journal;
  }
  return fail(ErrorKind::not_found, "there is no run that could be undone", "", "lfsguard rewrite --runs lists them");
}

// Backups of entries that were stashed after the run, but for the newest, which is refs/stash itself.
Result<std::vector<RefChange>> newer_stashes(const git::RepositoryLayout& layout, const Journal& journal) {
  std::set<ObjectId> known;
  for (const RefChange& change : journal.refs) known.insert({change.old_oid, change.new_oid});
  for (const std::string& line : journal.stash_log) known.insert(stash_of(line));
  const std::vector<std::string> lines = TRY(stash_log(layout));
  std::vector<RefChange> backups;
  for (size_t i = lines.size(); i-- > 0;) {
    const ObjectId oid = stash_of(lines[i]);
    if (i + 1 < lines.size() && !oid.is_zero() && !known.contains(oid))
      backups.push_back({backup_ref(journal.run, "after/stash-" + std::to_string(lines.size() - 1 - i)), {}, oid});
  }
  return backups;
}

}  // namespace

Result<Undone> undo(const git::RepositoryLayout& layout, const std::string& run, bool force, const Surroundings& surroundings) {
  const auto lock = TRY(RunLock::take(layout));
  if (!lock) return fail(ErrorKind::conflict, "a rewrite is under way in this repository", layout.common_dir, "wait for it, then run the command again");
  remove_leftovers(layout);
  Journal journal = TRY(journal_to_undo(layout, run));
  const RunFolder folder = RunFolder::named(layout, journal.run);
  Undone undone{journal.run, 0, {}};

  // Each ref must be where the run left it, or the newer work is named.
  const auto current = TRY(current_refs(layout, journal.refs));
  std::vector<RefChange> back, keep;
  std::vector<std::string> newer;
  for (const RefChange& change : journal.refs) {
    if (is_stash_entry(change.name)) {
      back.push_back({change.name, change.new_oid, change.old_oid});
      continue;
    }
    const auto found = current.find(change.name);
    const std::optional<ObjectId> now = found == current.end() ? std::nullopt : std::optional(found->second);
    if (!now && !change.name.starts_with("refs/")) continue;  // a HEAD that is on a branch by now, or gone with its work tree
    if (now && *now == change.old_oid) continue;
    if (!now || *now != change.new_oid) newer.push_back(change.name);
    if (now && *now != change.new_oid) keep.push_back({backup_ref(journal.run, "after/" + change.name), {}, *now});
    back.push_back({change.name, now.value_or(ObjectId{}), change.old_oid});
  }
  if (!newer.empty() && !force) {
    Error error{ErrorKind::conflict, "refs have moved since this run", journal.run, "lfsguard rewrite --undo " + journal.run + " --force puts them back and keeps the newer commits under refs/lfsguard/backup/", {}};
    for (const std::string& name : newer) error.causes.push_back(name);
    return fail(std::move(error));
  }
  if (std::any_of(keep.begin(), keep.end(), [&](const RefChange& change) { return change.name == backup_ref(journal.run, "after/refs/stash"); })) {
    const std::vector<RefChange> entries = TRY(newer_stashes(layout, journal));
    keep.insert(keep.end(), entries.begin(), entries.end());
  }
  // Work trees stand on what they have now; the way back is from there.
  std::map<ObjectId, ObjectId> returns;
  for (const RefChange& change : back)
    if (!change.old_oid.is_zero()) returns[change.old_oid] = change.new_oid;
  for (const WorkTreeChange& tree : journal.work_trees) returns[tree.new_commit] = tree.old_commit;
  std::vector<WorkTreeChange> work_trees = TRY(work_trees_that_move(layout, [&](const ObjectId& oid) -> std::optional<ObjectId> {
    const auto found = returns.find(oid);
    return found == returns.end() ? std::nullopt : std::optional(found->second);
  }));
  if (layout.bare) work_trees.clear();
  for (WorkTreeChange& tree : work_trees)
    for (const WorkTreeChange& then : journal.work_trees)
      if (then.path == tree.path) tree.written_anew = then.written_anew;
  // A HEAD that was put on a rewritten commit since goes back with its index.
  for (const auto& [name, now] : TRY(detached_heads(layout, work_trees)))
    if (std::none_of(back.begin(), back.end(), [&, &head = name](const RefChange& change) { return change.name == head; })) back.push_back({name, now, returns.at(now)});
  std::vector<std::string> places;
  for (const WorkTreeChange& tree : work_trees) places.push_back(tree.path);
  TRY(check_work_trees(layout, places, {}));

  TRY(move_refs(layout, keep, "lfsguard: kept by undo of " + journal.run));
  for (const RefChange& change : keep) undone.kept.push_back(change.name);
  // The same steps as the way there, under a journal of their own: a kill in between is finished by the next command.
  Journal way_back;
  way_back.undo = true;
  way_back.run = journal.run;
  way_back.started = journal.started;
  way_back.refs = back;
  way_back.stash_log = journal.stash_log;
  way_back.work_trees = work_trees;
  TRY(folder.put(way_back));
  if (Status status = carry_out(layout, folder, way_back, surroundings); !status) {
    // Where git refused to move the refs nothing has happened, and nothing waits to be finished.
    const auto now = TRY(current_refs(layout, back));
    if (std::none_of(back.begin(), back.end(), [&](const RefChange& change) { return now.contains(change.name) && now.at(change.name) == change.new_oid; })) TRY(folder.put(journal));
    return fail(std::move(status).error());
  }
  undone.refs = back.size();
  return undone;
}

Result<std::vector<std::string>> forget(const git::RepositoryLayout& layout, const std::string& run) {
  const std::vector<std::string> runs = run.empty() ? RunFolder::all(layout) : std::vector<std::string>{run};
  for (const std::string& name : runs) {
    const RunFolder folder = RunFolder::named(layout, name);
    if (!run.empty()) TRY(folder.journal());
    const std::string prefix = "refs/lfsguard/backup/" + name + "/";
    const std::string listed = TRY(git::git_output(git::git_command({"for-each-ref", "--format=%(objectname) %(refname)", prefix}, folder_to_ask(layout))));
    std::vector<RefChange> backups;
    for (const std::string_view line : git::split_lines(listed))
      if (const auto oid = ObjectId::from_hex(line.substr(0, 40))) backups.push_back({std::string(line.substr(41)), *oid, {}});
    TRY(move_refs(layout, backups, "lfsguard: forget " + name));
    TRY(folder.remove());
  }
  return runs;
}

Result<std::vector<RunSummary>> list_runs(const git::RepositoryLayout& layout) {
  std::vector<RunSummary> summaries;
  for (const std::string& run : RunFolder::all(layout)) {
    const Journal journal = TRY(RunFolder::named(layout, run).journal());
    summaries.push_back({run, journal.started, name_of(journal.state), journal.refs.size()});
  }
  return summaries;
}

}  // namespace lfsguard::rewrite
