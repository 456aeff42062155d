#include "git/objects/history.h"

#include <algorithm>
#include <optional>

#include "base/file_descriptor.h"
#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/commit_graph.h"
#include "git/objects/object_reader.h"
#include "git/objects/pack_layout.h"

namespace lfsguard::git {
namespace {

constexpr uint32_t kBulkPack = 2000;  // objects from which on a pack is read in bulk

// Commits as they are found, each with the ids of its parents in one shared table; the index of each stays.
struct CommitTable {
  std::vector<History::Node> nodes;
  std::vector<ObjectId> parent_oids;
  void add(const ObjectId& oid, const ObjectId& tree_oid, int64_t date, std::span<const ObjectId> parents) {
    nodes.push_back({oid, tree_oid, date, static_cast<uint32_t>(parent_oids.size()), static_cast<uint32_t>(parents.size())});
    parent_oids.insert(parent_oids.end(), parents.begin(), parents.end());
  }
  std::span<const ObjectId> parents(const History::Node& node) const {
    return {parent_oids.data() + node.parents_begin, node.parent_count};
  }
};

class Loader {
 public:
  Loader(const ObjectDatabase& database, const History::Options& options) : database_(database), reader_(database, 8u << 20) {
    read_shallow(options.common_dir);
    if (shallow_.empty() && !options.common_dir.empty()) graph_ = CommitGraph::open(options.common_dir + "/objects");
    for (const ObjectId& oid : options.exclude) excluded_.insert(oid);
  }

  // Every whole commit of the big packs.
  Status read_packs() {
    if (graph_) return {};
    for (const auto& source : database_.sources())
      for (const auto& pack : source.packs)
        if (pack->index().count() >= kBulkPack) read_pack(*pack, *TRY(pack->layout()));
    return {};
  }

  // Index into table().
  Result<uint32_t> get(const ObjectId& oid) {
    if (const uint32_t* at = found_.find(oid)) return *at;
    std::optional<CommitGraph::Row> row;
    if (graph_) row = graph_->find(oid);
    if (row && database_.contains(oid)) {
      add(oid, row->tree_oid, row->committer_date, row->parent_oids);
    } else {
      const Object object = TRY(reader_.read(oid));
      const auto commit = object.type == ObjectType::commit ? parse_commit(object.view()) : std::nullopt;
      if (!commit) return fail(ErrorKind::corrupt, "not a sound commit", oid.hex(), "run 'git fsck'");
      add(oid, commit->tree_oid, commit->committer_date, commit->parent_oids);
    }
    return static_cast<uint32_t>(table_.nodes.size() - 1);
  }

  bool excluded(const ObjectId& oid) const { return excluded_.contains(oid); }
  const CommitTable& table() const { return table_; }

 private:
  void add(const ObjectId& oid, const ObjectId& tree_oid, int64_t date, std::span<const ObjectId> parents) {
    if (!found_.insert(oid, static_cast<uint32_t>(table_.nodes.size())).second) return;
    table_.add(oid, tree_oid, date, !shallow_.empty() && shallow_.contains(oid) ? std::span<const ObjectId>() : parents);
  }

  void read_shallow(const std::string& common_dir) {
    const auto text = common_dir.empty() ? Result<std::string>(std::string()) : read_file(common_dir + "/shallow");
    if (!text) return;
    for (size_t at = 0; at + 40 <= text->size(); at += 41)
      if (const auto oid = ObjectId::from_hex(std::string_view(*text).substr(at, 40))) shallow_.insert(*oid);
  }

  void read_pack(const PackFile& pack, const PackLayout& layout) {
    const std::vector<uint32_t>& order = layout.order;
    std::vector<CommitTable> parts(worker_count());
    parallel_for(order.size(), 8192, [&](size_t begin, size_t end, unsigned worker) {
      Inflater inflater;
      std::vector<uint8_t> bytes;
      PackEntry entry;
      for (size_t i = begin; i < end; ++i) {
        // Deltas, and what does not inflate here, are read one by one, where errors are told.
        if (layout.types[i] != ObjectType::commit || layout.base[i] != PackLayout::kNoBase) continue;
        if (!pack.entry(layout.offsets[i], entry) || entry.size > (16u << 20)) continue;
        if (bytes.size() < entry.size) bytes.resize(entry.size * 2);
        if (!inflater.whole(pack.data() + entry.stream_offset, pack.end() - entry.stream_offset, bytes.data(), entry.size)) continue;
        const auto commit = parse_commit({reinterpret_cast<const char*>(bytes.data()), entry.size});
        if (commit) parts[worker].add(pack.index().id(order[i]), commit->tree_oid, commit->committer_date, commit->parent_oids);
      }
    });
    size_t total = table_.nodes.size();
    for (const CommitTable& part : parts) total += part.nodes.size();
    table_.nodes.reserve(total);
    found_.reserve(total);
    for (const CommitTable& part : parts)
      for (const History::Node& node : part.nodes) add(node.oid, node.tree_oid, node.committer_date, part.parents(node));
  }

  const ObjectDatabase& database_;
  ObjectReader reader_;
  std::unique_ptr<CommitGraph> graph_;
  ObjectIdSet shallow_, excluded_;
  ObjectIdMap<uint32_t> found_;
  CommitTable table_;
};

}  // namespace

Result<History> History::load(const ObjectDatabase& database, const std::vector<ObjectId>& tips, const Options& options) {
  Loader loader(database, options);
  if (options.whole) TRY(loader.read_packs());
  History history;

  // What the tips reach: indices into the loader's table, and for each its parents as such indices.
  constexpr uint32_t kUnseen = UINT32_MAX;
  std::vector<uint32_t> pending, members;
  std::vector<uint32_t> children;     // by table index: how many members name it as parent; kUnseen = not a member
  std::vector<uint32_t> parents;      // table indices, in runs
  std::vector<std::pair<uint32_t, uint32_t>> runs;  // by member: where its parents are
  ObjectIdSet lost;
  const auto meet = [&](const ObjectId& oid) -> Result<uint32_t> {
    if (loader.excluded(oid)) return kUnseen;
    auto at = loader.get(oid);
    if (!at) {
      if (!options.missing_is_fine || at.error().kind != ErrorKind::not_found) return at;
      lost.insert(oid);
      return kUnseen;
    }
    if (children.size() <= *at) children.resize(std::max<size_t>(loader.table().nodes.size(), *at + 1), kUnseen);
    if (children[*at] == kUnseen) {
      children[*at] = 0;
      pending.push_back(*at);
    }
    return at;
  };
  for (const ObjectId& tip : tips) TRY(meet(tip));
  std::vector<ObjectId> parent_oids;
  while (!pending.empty()) {
    const uint32_t at = pending.back();
    pending.pop_back();
    members.push_back(at);
    const auto named = loader.table().parents(loader.table().nodes[at]);
    parent_oids.assign(named.begin(), named.end());  // the table may grow below
    const auto begin = static_cast<uint32_t>(parents.size());
    for (const ObjectId& oid : parent_oids) {
      const uint32_t parent = TRY(meet(oid));
      if (parent == kUnseen) continue;
      parents.push_back(parent);
      ++children[parent];
    }
    runs.emplace_back(begin, static_cast<uint32_t>(parents.size()) - begin);
  }
  history.missing_ = lost.size();

  // Children first. Last in, first out keeps a line of commits together, so that neighbours' trees are near each other in time.
  std::vector<uint32_t> member_of(children.size());
  for (uint32_t i = 0; i < members.size(); ++i) member_of[members[i]] = i;
  std::vector<uint32_t> rank(members.size()), sequence, free;
  sequence.reserve(members.size());
  for (uint32_t i = static_cast<uint32_t>(members.size()); i-- > 0;)
    if (children[members[i]] == 0) free.push_back(i);
  while (!free.empty()) {
    const uint32_t at = free.back();
    free.pop_back();
    rank[at] = static_cast<uint32_t>(sequence.size());
    sequence.push_back(at);
    for (uint32_t i = runs[at].second; i-- > 0;) {
      const uint32_t parent = parents[runs[at].first + i];
      if (--children[parent] == 0) free.push_back(member_of[parent]);
    }
  }
  if (sequence.size() != members.size()) return fail(ErrorKind::corrupt, "commits name each other as parents in a circle", "", "run 'git fsck'");

  history.commits_.reserve(members.size());
  history.positions_.reserve(members.size());
  for (const uint32_t at : sequence) {
    Node node = loader.table().nodes[members[at]];
    node.parents_begin = static_cast<uint32_t>(history.parents_.size());
    node.parent_count = runs[at].second;
    for (uint32_t i = 0; i < runs[at].second; ++i) history.parents_.push_back(rank[member_of[parents[runs[at].first + i]]]);
    history.positions_.insert(node.oid, static_cast<uint32_t>(history.commits_.size()));
    history.commits_.push_back(node);
  }
  return history;
}

}  // namespace lfsguard::git
