#include "git/objects/history.h"

#include <algorithm>
#include <optional>

#include "base/file_descriptor.h"
#include "base/thread_pool.h"
#include "git/objects/commit.h"
#include "git/objects/commit_graph.h"
#include "git/objects/inflate_prefix.h"
#include "git/objects/object_id_map.h"
#include "git/objects/object_reader.h"
#include "git/objects/pack_layout.h"

namespace lfsguard::git {
namespace {

constexpr uint32_t kBulkPack = 2000;  // objects from which on a pack is read in bulk
constexpr size_t kChunk = 8192;       // objects of a pack that a worker takes at once
constexpr uint32_t kNone = UINT32_MAX;
constexpr size_t kHead = 320;         // bytes of a commit that hold all up to the committer, of nearly all
constexpr uint64_t kCommitMax = 16u << 20;  // a larger one is read by itself

// Numbers for commits, and what is known of each. Those of the big packs have theirs from the start, in pack order; others get one when they are met.
class CommitTable {
 public:
  CommitTable(const ObjectDatabase& database, const History::Options& options) : database_(database), reader_(database, 8u << 20) {
    read_shallow(options.common_dir);
    if (shallow_.empty() && !options.common_dir.empty()) graph_ = CommitGraph::open(options.common_dir + "/objects");
  }

  // Every whole commit of the big packs.
  Status read_packs() {
    for (const auto& source : database_.sources())
      for (const auto& pack : source.packs)
        if (pack->index().count() >= kBulkPack) number_pack(*pack, *TRY(pack->layout()));
    // When all have numbers, so that parents in another pack are found.
    for (const Bulk& bulk : bulks_) read_pack(bulk);
    return {};
  }

  uint32_t number_of(const ObjectId& oid) {
    const uint32_t known = find(oid);
    return known != kNone ? known : add(oid);
  }
  // kind not_found or corrupt; what read_packs() did not read is read now.
  Status read(uint32_t number) {
    if (is_read_[number]) return {};
    const ObjectId oid = nodes_[number].oid;
    std::optional<CommitGraph::Row> row;
    if (graph_) row = graph_->find(oid);
    if (row && database_.contains(oid)) {
      set(number, row->tree_oid, row->committer_date, row->parent_oids);
      return {};
    }
    const Object object = TRY(reader_.read(oid));
    if (object.type != ObjectType::commit || !parse_commit(object.view(), commit_)) return fail(ErrorKind::corrupt, "not a sound commit", oid.hex(), "run 'git fsck'");
    set(number, commit_.tree_oid, commit_.committer_date, commit_.parent_oids);
    return {};
  }

  size_t size() const { return nodes_.size(); }
  const History::Node& node(uint32_t number) const { return nodes_[number]; }
  // Numbers; good until the next read() or number_of().
  std::span<const uint32_t> parents(uint32_t number) const { return {parents_.data() + nodes_[number].parents_begin, nodes_[number].parent_count}; }

 private:
  struct Bulk {
    const PackFile* pack;
    const PackLayout* layout;
    BigVector<uint32_t> numbers;  // by position in the index
  };
  // What a worker made of one chunk of a pack.
  struct Chunk {
    std::vector<uint32_t> numbers;                         // of the commits read
    std::vector<uint32_t> parents;
    std::vector<std::pair<uint32_t, ObjectId>> elsewhere;  // into parents: ids that have no number yet
  };

  uint32_t find(const ObjectId& oid) const {
    for (const Bulk& bulk : bulks_)
      if (const auto position = bulk.layout->find(bulk.pack->index(), oid); position && bulk.numbers[*position] != kNone) return bulk.numbers[*position];
    const uint32_t* at = others_.find(oid);
    return at ? *at : kNone;
  }

  uint32_t add(const ObjectId& oid) {
    const auto number = static_cast<uint32_t>(nodes_.size());
    others_.insert(oid, number);
    nodes_.push_back({oid, {}, 0, 0, 0, 0});
    is_read_.push_back(0);
    return number;
  }

  void set(uint32_t number, const ObjectId& tree_oid, int64_t date, std::span<const ObjectId> parent_oids) {
    std::vector<uint32_t> parents;
    if (shallow_.empty() || !shallow_.contains(nodes_[number].oid))
      for (const ObjectId& parent : parent_oids) parents.push_back(number_of(parent));
    History::Node& node = nodes_[number];
    node = {node.oid, tree_oid, date, static_cast<uint32_t>(parents_.size()), static_cast<uint32_t>(parents.size()), 0};
    parents_.insert(parents_.end(), parents.begin(), parents.end());
    is_read_[number] = 1;
  }

  void read_shallow(const std::string& common_dir) {
    const auto text = common_dir.empty() ? Result<std::string>(std::string()) : read_file(common_dir + "/shallow");
    if (!text) return;
    for (size_t at = 0; at + 40 <= text->size(); at += 41)
      if (const auto oid = ObjectId::from_hex(std::string_view(*text).substr(at, 40))) shallow_.insert(*oid);
  }

  void number_pack(const PackFile& pack, const PackLayout& layout) {
    Bulk bulk{&pack, &layout, BigVector<uint32_t>(layout.types.size(), kNone)};
    const auto commits = static_cast<size_t>(std::count(layout.types.begin(), layout.types.end(), ObjectType::commit));
    nodes_.reserve(nodes_.size() + commits);
    for (size_t i = 0; i < layout.types.size(); ++i) {
      if (layout.types[i] != ObjectType::commit) continue;
      const uint32_t position = layout.order[i];
      const uint32_t twin = bulks_.empty() ? kNone : find(pack.index().id(position));
      bulk.numbers[position] = twin != kNone ? twin : static_cast<uint32_t>(nodes_.size());
      if (twin == kNone) nodes_.push_back({pack.index().id(position), {}, 0, 0, 0, 0});
    }
    is_read_.resize(nodes_.size());
    bulks_.push_back(std::move(bulk));
  }

  void read_pack(const Bulk& bulk) {
    const PackFile& pack = *bulk.pack;
    const PackLayout& layout = *bulk.layout;
    std::vector<Chunk> chunks((layout.order.size() + kChunk - 1) / kChunk);
    parallel_for(layout.order.size(), kChunk, [&](size_t begin, size_t end, unsigned) {
      thread_local Inflater inflater;
      thread_local Commit commit;
      thread_local std::vector<uint8_t> bytes;
      PackEntry entry;
      Chunk& chunk = chunks[begin / kChunk];
      for (size_t i = begin; i < end; ++i) {
        // Deltas, and what does not inflate here, are read one by one, where errors are told.
        if (layout.types[i] != ObjectType::commit || layout.base[i] != PackLayout::kNoBase) continue;
        const uint32_t number = bulk.numbers[layout.order[i]];
        if (is_read_[number]) continue;  // a twin
        const auto row = graph_ ? graph_->find(nodes_[number].oid) : std::nullopt;
        if (row) {
          commit.tree_oid = row->tree_oid;
          commit.committer_date = row->committer_date;
          commit.parent_oids = row->parent_oids;
          commit.plain = false;
        } else {
          if (!pack.entry(layout.offsets[i], entry) || entry.size > kCommitMax) continue;
          if (!read_head(pack, entry, inflater, bytes, commit)) continue;
        }
        History::Node& node = nodes_[number];
        node.tree_oid = commit.tree_oid;
        node.committer_date = commit.committer_date;
        node.plain = commit.plain;
        node.parents_begin = static_cast<uint32_t>(chunk.parents.size());
        if (shallow_.empty() || !shallow_.contains(node.oid))
          for (const ObjectId& parent : commit.parent_oids) {
            const uint32_t at = find(parent);
            if (at == kNone) chunk.elsewhere.emplace_back(static_cast<uint32_t>(chunk.parents.size()), parent);
            chunk.parents.push_back(at);
          }
        node.parent_count = static_cast<uint32_t>(chunk.parents.size()) - node.parents_begin;
        chunk.numbers.push_back(number);
      }
    });
    for (Chunk& chunk : chunks) {
      for (const auto& [at, oid] : chunk.elsewhere) chunk.parents[at] = number_of(oid);
      for (const uint32_t number : chunk.numbers) {
        nodes_[number].parents_begin += static_cast<uint32_t>(parents_.size());
        is_read_[number] = 1;
      }
      parents_.insert(parents_.end(), chunk.parents.begin(), chunk.parents.end());
      chunk = {};
    }
  }

  // What stands before the message; that itself is not even inflated.
  static bool read_head(const PackFile& pack, const PackEntry& entry, Inflater& inflater, std::vector<uint8_t>& bytes, Commit& commit) {
    const uint8_t* stream = pack.data() + entry.stream_offset;
    const uint64_t available = pack.end() - entry.stream_offset;
    if (bytes.size() < entry.size) bytes.resize(entry.size * 2);
    const auto text = [&](size_t size) { return std::string_view(reinterpret_cast<const char*>(bytes.data()), size); };
    const size_t head = std::min<uint64_t>(entry.size, kHead);
    if (inflate_prefix(stream, available, bytes.data(), head) == static_cast<long>(head)) {
      const size_t line = text(head).find("\ncommitter ");
      if (line != std::string_view::npos && text(head).find('\n', line + 1) != std::string_view::npos) return parse_commit(text(head), commit);
    }
    return inflater.whole(stream, available, bytes.data(), entry.size) && parse_commit(text(entry.size), commit);
  }

  const ObjectDatabase& database_;
  ObjectReader reader_;
  std::unique_ptr<CommitGraph> graph_;
  ObjectIdSet shallow_;
  std::vector<Bulk> bulks_;
  ObjectIdMap<uint32_t> others_;
  BigVector<History::Node> nodes_;
  std::vector<uint8_t> is_read_;
  BigVector<uint32_t> parents_;
  Commit commit_;
};

}  // namespace

Result<History> History::load(const ObjectDatabase& database, const std::vector<ObjectId>& tips, const Options& options) {
  CommitTable table(database, options);
  if (options.whole) TRY(table.read_packs());
  History history;
  constexpr uint32_t kExcluded = kNone - 1, kLost = kNone - 2;
  BigVector<uint32_t> children(table.size(), kNone);  // by number: how many members name it as parent; kNone = not met
  const auto slot = [&](uint32_t number) -> uint32_t& {
    if (number >= children.size()) children.resize(number + number / 2 + 16, kNone);
    return children[number];
  };
  for (const ObjectId& oid : options.exclude) slot(table.number_of(oid)) = kExcluded;

  // What the tips reach.
  BigVector<uint32_t> pending, members;
  BigVector<uint32_t> parents;                      // numbers, in runs
  BigVector<std::pair<uint32_t, uint32_t>> runs;    // by member: where its parents are
  // False: outside.
  const auto meet = [&](uint32_t number) -> Result<bool> {
    if (slot(number) >= kLost && slot(number) != kNone) return false;
    if (slot(number) != kNone) return true;
    if (Status status = table.read(number); !status) {
      if (!options.missing_is_fine || status.error().kind != ErrorKind::not_found) return fail(std::move(status).error());
      slot(number) = kLost;
      ++history.missing_;
      return false;
    }
    slot(number) = 0;
    pending.push_back(number);
    return true;
  };
  for (const ObjectId& tip : tips) TRY(meet(table.number_of(tip)));
  std::vector<uint32_t> named;
  while (!pending.empty()) {
    const uint32_t at = pending.back();
    pending.pop_back();
    members.push_back(at);
    named.assign(table.parents(at).begin(), table.parents(at).end());  // the table may grow below
    const auto begin = static_cast<uint32_t>(parents.size());
    for (const uint32_t parent : named) {
      if (!TRY(meet(parent))) continue;
      parents.push_back(parent);
      ++slot(parent);
    }
    runs.emplace_back(begin, static_cast<uint32_t>(parents.size()) - begin);
  }

  // Children first. Last in, first out keeps a line of commits together, so that neighbours' trees are near each other in time.
  BigVector<uint32_t> member_of(children.size());
  for (uint32_t i = 0; i < members.size(); ++i) member_of[members[i]] = i;
  BigVector<uint32_t> rank(members.size()), sequence, free;
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
  for (const uint32_t at : sequence) {
    Node node = table.node(members[at]);
    node.parents_begin = static_cast<uint32_t>(history.parents_.size());
    node.parent_count = runs[at].second;
    for (uint32_t i = 0; i < runs[at].second; ++i) history.parents_.push_back(rank[member_of[parents[runs[at].first + i]]]);
    history.commits_.push_back(node);
  }
  history.parents_.shrink_to_fit();
  history.positions_ = IdPositions(static_cast<uint32_t>(history.commits_.size()), [&](uint32_t at) -> const ObjectId& { return history.commits_[at].oid; });
  return history;
}

}  // namespace lfsguard::git
