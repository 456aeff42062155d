// A set of paths, by index: runs of neighbours. Histories that gather files hold sets that grow by one with each commit; as runs they stay small.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace lfsguard::rewrite {

class PathSet {
 public:
  void add(uint32_t path) { runs_.emplace_back(path, path + 1); }
  void add(const PathSet& other) { runs_.insert(runs_.end(), other.runs_.begin(), other.runs_.end()); }
  // After the last add().
  void settle() {
    std::sort(runs_.begin(), runs_.end());
    size_t last = 0;
    for (size_t i = 1; i < runs_.size(); ++i) {
      if (runs_[i].first <= runs_[last].second) runs_[last].second = std::max(runs_[last].second, runs_[i].second);
      else runs_[++last] = runs_[i];
    }
    if (!runs_.empty()) runs_.resize(last + 1);
    runs_.shrink_to_fit();
  }
  bool empty() const { return runs_.empty(); }
  bool operator<(const PathSet& other) const { return runs_ < other.runs_; }
  // In ascending order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [begin, end] : runs_)
      for (uint32_t path = begin; path < end; ++path) visit(path);
  }
  std::vector<uint32_t> list() const {
    std::vector<uint32_t> paths;
    for_each([&](uint32_t path) { paths.push_back(path); });
    return paths;
  }

 private:
  std::vector<std::pair<uint32_t, uint32_t>> runs_;  // begin, end
};

}  // namespace lfsguard::rewrite
