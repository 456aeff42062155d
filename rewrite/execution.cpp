#include "rewrite/execution.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>

#include "base/sha256.h"
#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/first_error.h"
#include "rewrite/maps.h"
#include "rewrite/notes.h"
#include "rewrite/object_splice.h"
#include "rewrite/read_back.h"
#include "rewrite/ref_swap.h"
#include "rewrite/stash.h"
#include "rewrite/tree_builder.h"

namespace lfsguard::rewrite {
namespace {

constexpr int kTagDepthMax = 64;
constexpr size_t kCommitBatch = 1024;  // read, spliced and written together

}  // namespace

Status Execution::write_objects() {
  pack_ = TRY(git::PackWriter::create(plan_.layout.object_dir));
  objects_ = std::make_unique<lfs::ObjectBatch>(plan_.store);
  conversions_ = TRY(convert_blobs(*plan_.database, plan_.store, *objects_, plan_.survey->blobs(), plan_.options.direction, plan_.memory, *pack_, plan_.progress));
  // The disk takes the objects while trees and commits are made; the pack is only finished when they are safe.
  std::future<Status> safe = std::async(std::launch::async, [this] { return objects_->commit(); });
  TRY(build_trees());
  TRY(write_commits());
  TRY(write_bare_trees());
  TRY(write_tags_and_notes());
  TRY(safe.get());
  plan_.progress.phase("Writing the pack", pack_->bytes(), "bytes");
  written_ = TRY(pack_->finish());
  pack_.reset();
  return {};
}

// New root trees by commit, on all cores: trees depend on no commit's id. Runs of neighbours, so that deltas are short.
Status Execution::build_trees() {
  const auto& commits = plan_.history.commits();
  plan_.progress.phase("Rewriting trees", commits.size(), "commits");
  new_trees_.resize(commits.size());
  const auto& order = plan_.order;
  std::vector<std::unique_ptr<TreeBuilder>> builders(worker_count());
  git::FirstError error;
  std::atomic<size_t> done{0};
  parallel_for(order.size(), 2048, [&](size_t begin, size_t end, unsigned worker) {
    if (!builders[worker]) builders[worker] = std::make_unique<TreeBuilder>(*plan_.database, plan_.trie, plan_.survey->only_covered(), *plan_.attributes, conversions_, plan_.memory, *pack_);
    TreeBuilder& builder = *builders[worker];
    Status status;
    for (size_t i = begin; i < end && status; ++i) {
      const uint32_t at = order[i].commit, near = order[i].near;
      const ObjectId& old = commits[at].tree_oid;
      if (plan_.affected[at]) status = builder.root(old, plan_.facts[at], plan_.edits[at], near == TreeVisit::kNone ? ObjectId() : commits[near].tree_oid, plan_.steps[at], new_trees_[at]);
      else new_trees_[at] = old;
    }
    if (status) status = builder.flush();
    if (!status) error.set(begin, std::move(status).error());
    plan_.progress.advance(done += end - begin);
  });
  TRY(error.status());
  plan_.steps = {};
  // Verified in the order in which they lie in the pack.
  for (const TreeVisit& visit : order)
    if (const ObjectId& old = commits[visit.commit].tree_oid; new_trees_[visit.commit] != old) tree_pairs_.push_back({old, new_trees_[visit.commit]});
  return {};
}

Status Execution::write_commits() {
  const auto& commits = plan_.history.commits();
  moved_ = git::ObjectIdMap<ObjectId>(plan_.report.commits_rewritten);
  if (plan_.options.message_hashes == MessageHashesMode::rewrite) new_message_ = [this](std::string_view text) { return messages_.replaced(text); };
  plan_.progress.phase("Rewriting commits", plan_.report.commits_rewritten, "commits");
  plan_.report.signatures_removed = 0;
  // Parents first: a commit's new id needs theirs, so splicing and hashing are in a row. Reading the next batch and deflating the one before go on beside it.
  struct Rewritten {
    size_t position;
    git::Object old;
    ObjectId oid;
    std::string content;  // empty: it stays
  };
  using Batch = std::vector<Rewritten>;
  Batch reading, splicing, writing;
  std::vector<std::unique_ptr<git::ObjectReader>> readers(worker_count());
  for (auto& reader : readers) reader = std::make_unique<git::ObjectReader>(*plan_.database, plan_.memory.reader);
  git::FirstError error;
  const auto read = [&](Rewritten& rewritten, unsigned worker) {
    auto commit = readers[worker]->read(commits[rewritten.position].oid);
    if (!commit) return error.set(commits.size() - rewritten.position, std::move(commit).error());
    rewritten.old = std::move(*commit);
  };
  const auto splice = [&](Rewritten& rewritten) {
    const auto& commit = commits[rewritten.position];
    const ObjectId& tree = new_trees_[rewritten.position];
    const NewId new_id = [&](const ObjectId& oid) -> std::optional<ObjectId> {
      if (oid == commit.tree_oid && tree != oid) return tree;
      return moved(oid);
    };
    Spliced spliced = splice_commit(rewritten.old.view(), new_id, strip(), new_message_);
    rewritten.oid = hash_object("commit", spliced.content);
    if (rewritten.oid == commit.oid) return;
    moved_.insert(commit.oid, rewritten.oid);
    if (new_message_) messages_.add(commit.oid);
    plan_.report.signatures_removed += spliced.signature_removed;
    rewritten.content = std::move(spliced.content);
  };
  const auto write = [&](const Rewritten& rewritten) {
    if (rewritten.content.empty()) return;
    if (!keeps_the_rest(rewritten.old.view(), rewritten.content, strip(), new_message_ != nullptr))
      return error.set(commits.size() - rewritten.position, Error{ErrorKind::corrupt, "a commit was not kept as it was; nothing was changed", commits[rewritten.position].oid.hex(),
                                                                  "this is a defect of lfsguard: please report it"});
    if (auto added = pack_->add(git::ObjectType::commit, rewritten.oid, rewritten.content); !added) error.set(commits.size() - rewritten.position, std::move(added).error());
  };
  uint64_t done = 0;
  bool learned = false;
  for (size_t next = commits.size(); next > 0 || !splicing.empty() || !writing.empty();) {
    reading.clear();
    while (next > 0 && reading.size() < kCommitBatch)
      if (plan_.affected[--next]) reading.push_back({next, {}, {}, {}});
    // The first piece of work is the one in a row, then come pieces of the others.
    constexpr size_t kPiece = 64;
    const size_t read_pieces = (reading.size() + kPiece - 1) / kPiece, write_pieces = (writing.size() + kPiece - 1) / kPiece;
    parallel_for(1 + read_pieces + write_pieces, 1, [&](size_t piece, size_t, unsigned worker) {
      if (piece == 0) {
        for (Rewritten& rewritten : splicing) splice(rewritten);
      } else if (piece <= read_pieces) {
        for (size_t i = (piece - 1) * kPiece; i < std::min(reading.size(), piece * kPiece); ++i) read(reading[i], worker);
      } else {
        const size_t begin = (piece - 1 - read_pieces) * kPiece;
        for (size_t i = begin; i < std::min(writing.size(), begin + kPiece); ++i) write(writing[i]);
      }
    });
    TRY(error.status());
    plan_.progress.advance(done += writing.size());
    std::swap(writing, splicing);
    if (!learned && !writing.empty()) {
      std::string sample;
      for (const Rewritten& rewritten : writing) sample += rewritten.content;
      pack_->learn(sample);
      learned = true;
    }
    std::swap(splicing, reading);
  }
  return {};
}

Status Execution::write_bare_trees() {
  TreeBuilder trees(*plan_.database, plan_.trie, plan_.survey->only_covered(), *plan_.attributes, conversions_, plan_.memory, *pack_);
  for (const auto& [tree, what] : plan_.tree_facts) {
    ObjectId oid;
    TRY(trees.root(tree, what.first, what.second, {}, "", oid));
    TRY(trees.flush());
    if (oid == tree) continue;
    tree_pairs_.push_back({tree, oid});
    moved_.insert(tree, oid);
  }
  return {};
}

// Tags from the inside out, then notes, which may be about either.
Status Execution::write_tags_and_notes() {
  plan_.report.tags_rewritten = 0;
  plan_.report.refs.clear();
  for (const PlannedRef& ref : plan_.refs) {
    if (ref.role == PlannedRef::Role::stays || ref.name.starts_with("refs/notes/")) continue;
    const ObjectId new_oid = TRY(write_tag(ref.old_oid, 0));
    if (new_oid != ref.old_oid) plan_.report.refs.push_back({ref.name, ref.old_oid, new_oid});
  }
  const NewId new_id = [&](const ObjectId& oid) { return moved(oid); };
  for (const PlannedRef& ref : plan_.refs) {
    if (ref.role == PlannedRef::Role::stays || !ref.name.starts_with("refs/notes/") || ref.type != git::ObjectType::commit) continue;
    const ObjectId new_oid = TRY(rewrite_notes(*plan_.reader, ref.old_oid, new_id, strip(), *pack_));
    if (new_oid != ref.old_oid) plan_.report.refs.push_back({ref.name, ref.old_oid, new_oid});
  }
  return {};
}

// What takes the place of an object that a ref names: of anything but a tag it is known already.
Result<ObjectId> Execution::write_tag(const ObjectId& oid, int depth) {
  if (const auto known = moved(oid)) return *known;
  if (depth > kTagDepthMax) return oid;
  const git::Object tag = TRY(plan_.reader->read(oid));
  const auto target = tag.type == git::ObjectType::tag ? git::parse_tag_target(tag.view()) : std::nullopt;
  if (!target) return oid;
  const ObjectId new_target = TRY(write_tag(target->oid, depth + 1));
  if (new_target == target->oid) return oid;
  const Spliced spliced = splice_tag(tag.view(), [&](const ObjectId& id) { return id == target->oid ? std::optional(new_target) : std::nullopt; }, strip(), new_message_);
  const ObjectId new_oid = hash_object("tag", spliced.content);
  TRY(pack_->add(git::ObjectType::tag, new_oid, spliced.content));
  moved_.insert(oid, new_oid);
  ++plan_.report.tags_rewritten;
  plan_.report.signatures_removed += spliced.signature_removed;
  return new_oid;
}

Status Execution::verify() {
  // Maps are written beside it: a folder without a journal is no run.
  plan_.report.run = folder_.run();
  plan_.report.maps = folder_.path();
  std::future<Status> maps = std::async(std::launch::async, [this] { return write_maps(folder_, plan_.history, [&](const ObjectId& oid) { return moved(oid); }, plan_.report); });
  auto fresh = git::ObjectDatabase::open(plan_.layout.object_dir);
  Status status = fresh ? verify_trees(**fresh, tree_pairs_, conversions_, plan_.options.direction, plan_.memory, plan_.progress) : Status(fail(std::move(fresh).error()));
  if (status) status = read_back(**fresh, written_.objects, plan_.history, new_trees_, [&](const ObjectId& oid) { return moved(oid); }, plan_.memory, plan_.progress);
  if (Status written = maps.get(); status) status = std::move(written);
  if (status) return status;
  static_cast<void>(folder_.remove());  // the cause is what must be told; the next run removes what is left
  if (written_.pack_path.empty()) return status;
  ::unlink(written_.index_path.c_str());
  ::unlink(written_.pack_path.c_str());
  return status;
}

Result<Journal> Execution::make_journal() const {
  Journal journal;
  journal.run = folder_.run();
  journal.refs = plan_.report.refs;
  if (!written_.pack_path.empty()) journal.packs = {written_.pack_path, written_.index_path};
  for (size_t i = 0; i < plan_.stashes.size(); ++i)
    if (const auto new_oid = moved(plan_.stashes[i])) journal.refs.push_back({stash_entry_name(i + 1), plan_.stashes[i], *new_oid});
  journal.stash_log = TRY(stash_log(plan_.layout));
  journal.work_trees = TRY(work_trees_that_move(plan_.layout, [&](const ObjectId& oid) { return moved(oid); }));
  if (plan_.layout.bare) std::erase_if(journal.work_trees, [&](const WorkTreeChange& change) { return change.path == plan_.layout.git_dir; });
  return journal;
}

Status Execution::publish(const Surroundings& surroundings) {
  const Journal journal = TRY(make_journal());
  TRY(folder_.put(journal));
  std::vector<RefChange> backups;
  for (const RefChange& change : journal.refs) backups.push_back({backup_ref(folder_.run(), change.name), {}, change.old_oid});
  TRY(move_refs(plan_.layout, backups, "lfsguard backup " + folder_.run()));
  TRY(carry_out(plan_.layout, folder_, journal, surroundings));
  plan_.report.seconds = plan_.seconds();
  return write_report(folder_, plan_.report);
}

}  // namespace lfsguard::rewrite
