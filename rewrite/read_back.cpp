#include "rewrite/read_back.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "base/sha1_lanes.h"
#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/first_error.h"
#include "git/objects/object_reader.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kTogether = 64;

tl::unexpected<Error> wrong(const std::string& why, const ObjectId& oid) {
  return fail(ErrorKind::corrupt, "the rewritten history is not what it must be (" + why + "); nothing was changed", oid.hex(), "this is a defect of lfsguard: please report it");
}

std::string_view behind_parents(std::string_view commit) {
  while (commit.starts_with("tree ") || commit.starts_with("parent ")) {
    const size_t newline = commit.find('\n');
    if (newline == std::string_view::npos) return {};
    commit.remove_prefix(newline + 1);
  }
  return commit;
}

// Reads objects and holds them against their ids, many at once.
class Checker {
 public:
  Checker(const git::ObjectDatabase& database, size_t cache_bytes, size_t most_bytes) : reader_(database, cache_bytes), most_bytes_(most_bytes) {}

  Result<git::Object> read(const ObjectId& oid, git::ObjectType type) {
    if (type != type_ || waiting_.size() >= kTogether || bytes_ >= most_bytes_) TRY(flush());
    type_ = type;
    git::Object object = TRY(reader_.read(oid));
    if (object.type != type) return wrong("an object is of another type", oid);
    bytes_ += object.size;
    waiting_.emplace_back(object, oid);
    return object;
  }
  Status flush() {
    std::vector<std::string_view> contents;
    for (const auto& [object, oid] : waiting_) contents.push_back(object.view());
    const std::vector<ObjectId> ids = hash_objects(git::name_of(type_), contents);
    for (size_t i = 0; i < ids.size(); ++i)
      if (ids[i] != waiting_[i].second) return wrong("an object does not have the content its id says", waiting_[i].second);
    waiting_.clear();
    bytes_ = 0;
    return {};
  }

 private:
  git::ObjectReader reader_;
  size_t most_bytes_, bytes_ = 0;
  git::ObjectType type_ = git::ObjectType::none;
  std::vector<std::pair<git::Object, ObjectId>> waiting_;
};

// Its tree, and those parents that are in scope, each in its place among the others.
bool leads_where_it_must(const git::Commit& commit, const git::History& history, const git::History::Node& old, const ObjectId& new_tree, const NewId& moved) {
  if (commit.tree_oid != new_tree) return false;
  const auto parents = history.parents(old);
  size_t next = 0;
  for (const ObjectId& parent_oid : commit.parent_oids) {
    if (next < parents.size()) {
      const ObjectId& old_parent = history.commits()[parents[next]].oid;
      if (parent_oid == moved(old_parent).value_or(old_parent)) {
        ++next;
        continue;
      }
    }
    if (history.position(parent_oid) != UINT32_MAX) return false;  // one that is in scope, and is not the next
  }
  return next == parents.size();
}

}  // namespace

bool keeps_the_rest(std::string_view old_commit, std::string_view new_commit, bool strip, bool new_message) {
  old_commit = behind_parents(old_commit);
  new_commit = behind_parents(new_commit);
  if (old_commit == new_commit) return true;
  bool left_out = false;  // the header that the line belongs to
  while (!old_commit.empty() && old_commit.front() != '\n') {
    const std::string_view line = old_commit.substr(0, std::min(old_commit.size(), old_commit.find('\n') + 1));
    if (line.empty()) break;
    old_commit.remove_prefix(line.size());
    const bool goes_on = line.front() == ' ';
    if (!(goes_on && left_out) && new_commit.starts_with(line)) {
      new_commit.remove_prefix(line.size());
      left_out = false;
      continue;
    }
    left_out = strip && ((goes_on && left_out) || line.starts_with("gpgsig ") || line.starts_with("gpgsig-sha256 ") || line.starts_with("mergetag object "));
    if (!left_out) return false;
  }
  return new_message ? old_commit.empty() == new_commit.empty() : old_commit == new_commit;
}

Status read_back(const git::ObjectDatabase& database, const BigVector<git::PackWriter::Kept>& objects, const git::History& history, const BigVector<ObjectId>& new_trees,
                 const NewId& moved, const MemoryShares& memory, Progress& progress) {
  const auto& commits = history.commits();
  progress.phase("Reading back", commits.size() + objects.size(), "objects");
  std::vector<std::unique_ptr<Checker>> checkers(worker_count());
  git::FirstError error;
  std::atomic<size_t> done{0};
  // Commits by their place in history, from the oldest on, as they lie in the pack; then what else is there.
  parallel_for(commits.size() + objects.size(), 1024, [&](size_t begin, size_t end, unsigned worker) {
    if (!checkers[worker]) checkers[worker] = std::make_unique<Checker>(database, memory.reader, memory.recent);
    Checker& checker = *checkers[worker];
    const auto check = [&](size_t i) -> Status {
      if (i >= commits.size()) {
        const auto& object = objects[i - commits.size()];
        if (object.type == git::ObjectType::blob || object.type == git::ObjectType::tag) TRY(checker.read(object.oid, object.type));
        return {};
      }
      const size_t at = commits.size() - 1 - i;
      const auto new_oid = moved(commits[at].oid);
      if (!new_oid) return {};
      const git::Object object = TRY(checker.read(*new_oid, git::ObjectType::commit));
      const auto commit = git::parse_commit(object.view());
      if (!commit || !leads_where_it_must(*commit, history, commits[at], new_trees[at], moved)) return wrong("a commit has another tree or parent", *new_oid);
      return {};
    };
    Status status;
    for (size_t i = begin; i < end && status; ++i) status = check(i);
    if (status) status = checker.flush();
    if (!status) error.set(begin, std::move(status).error());
    progress.advance(done += end - begin);
  });
  return error.status();
}

}  // namespace lfsguard::rewrite
