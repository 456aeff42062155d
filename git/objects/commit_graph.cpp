#include "git/objects/commit_graph.h"

#include <algorithm>

#include "git/objects/chunk_file.h"

namespace lfsguard::git {
namespace {

constexpr uint32_t kNoParent = 0x70000000;
constexpr size_t kRowSize = ObjectId::kSize + 16;

}  // namespace

std::unique_ptr<CommitGraph> CommitGraph::open(const std::string& object_dir) {
  auto graph = std::make_unique<CommitGraph>();
  const std::string info = object_dir + "/info/";
  if (graph->add_layer(info + "commit-graph")) return graph;
  const auto chain = read_file(info + "commit-graphs/commit-graph-chain");
  if (!chain) return nullptr;
  std::string_view rest = *chain;
  while (!rest.empty()) {
    const std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    if (!ObjectId::from_hex(line) || !graph->add_layer(info + "commit-graphs/graph-" + line + ".graph")) return nullptr;
  }
  return graph->layers_.empty() ? nullptr : std::move(graph);
}

bool CommitGraph::add_layer(const std::string& path) {
  auto map = MappedFile::open(path);
  if (!map || map->size() < 8) return false;
  Layer layer;
  layer.map = std::move(*map);
  const uint8_t* head = layer.map.data();
  if (read_be32(head) != 0x43475048 || head[4] != 1 || head[5] != 1 || head[7] != layers_.size()) return false;
  auto table = read_chunk_table(layer.map.view(), 8, head[6]);
  if (!table) return false;
  const std::string_view fanout = (*table)[chunk_id("OIDF")];
  const std::string_view ids = (*table)[chunk_id("OIDL")];
  const std::string_view data = (*table)[chunk_id("CDAT")];
  const std::string_view edges = (*table)[chunk_id("EDGE")];
  if (fanout.size() != 1024) return false;
  layer.fanout = reinterpret_cast<const uint8_t*>(fanout.data());
  for (int i = 1; i < 256; ++i)
    if (read_be32(layer.fanout + 4 * (i - 1)) > read_be32(layer.fanout + 4 * i)) return false;
  layer.count = read_be32(layer.fanout + 1020);
  if (ids.size() != layer.count * 20ull || data.size() != layer.count * kRowSize) return false;
  layer.ids = reinterpret_cast<const uint8_t*>(ids.data());
  layer.data = reinterpret_cast<const uint8_t*>(data.data());
  layer.edges = reinterpret_cast<const uint8_t*>(edges.data());
  layer.edge_count = edges.size() / 4;
  layer.base = total_;
  total_ += layer.count;
  layers_.push_back(std::move(layer));
  return true;
}

std::optional<ObjectId> CommitGraph::id_at(uint32_t position) const {
  for (const Layer& layer : layers_)
    if (position >= layer.base && position - layer.base < layer.count)
      return ObjectId::from_raw(layer.ids + (position - layer.base) * 20ull);
  return std::nullopt;
}

std::optional<CommitGraph::Row> CommitGraph::find(const ObjectId& oid) const {
  for (const Layer& layer : layers_) {
    uint32_t low = oid.bytes[0] == 0 ? 0 : read_be32(layer.fanout + 4 * (oid.bytes[0] - 1));
    uint32_t high = read_be32(layer.fanout + 4 * oid.bytes[0]);
    while (low < high) {
      const uint32_t middle = low + (high - low) / 2;
      const int order = std::memcmp(layer.ids + middle * 20ull, oid.bytes.data(), ObjectId::kSize);
      if (order < 0) {
        low = middle + 1;
        continue;
      }
      if (order > 0) {
        high = middle;
        continue;
      }
      const uint8_t* row = layer.data + middle * kRowSize;
      Row result;
      result.tree_oid = ObjectId::from_raw(row);
      const auto add = [&](uint32_t position) {
        const auto id = id_at(position);
        if (id) result.parent_oids.push_back(*id);
        return id.has_value();
      };
      const uint32_t first = read_be32(row + 20), second = read_be32(row + 24);
      if (first != kNoParent && !add(first)) return std::nullopt;
      if (second & 0x80000000u) {
        for (size_t edge = second & 0x7fffffffu;; ++edge) {
          if (edge >= layer.edge_count) return std::nullopt;
          const uint32_t value = read_be32(layer.edges + edge * 4);
          if (!add(value & 0x7fffffffu)) return std::nullopt;
          if (value & 0x80000000u) break;
        }
      } else if (second != kNoParent && !add(second)) {
        return std::nullopt;
      }
      result.committer_date = static_cast<int64_t>((static_cast<uint64_t>(read_be32(row + 28) & 3) << 32) | read_be32(row + 32));
      return result;
    }
  }
  return std::nullopt;
}

}  // namespace lfsguard::git
