#include "cli/lfs_migrate_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

namespace lfsguard::cli {
namespace {

constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

// One decimal below ten, none from there on; what is less than ten bytes is given as it is.
std::string number_in(uint64_t bytes, uint64_t unit) {
  const double value = bytes < 10 ? static_cast<double>(bytes) : std::floor(static_cast<double>(bytes) / static_cast<double>(unit) * 10 + 0.5) / 10;
  return value < 10 && unit > 1 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

std::string size_text(uint64_t bytes, std::optional<uint64_t> unit) {
  if (unit) return number_in(bytes, *unit);
  size_t power = 0;
  uint64_t fitting = 1;
  for (; bytes / fitting >= 1000 && power + 1 < std::size(kUnits); fitting *= 1000) ++power;
  return number_in(bytes, fitting) + " " + kUnits[power];
}

std::string left(const std::string& text, size_t width) { return text + std::string(width - std::min(width, text.size()), ' '); }
std::string right(const std::string& text, size_t width) { return std::string(width - std::min(width, text.size()), ' ') + text; }

}  // namespace

Result<std::optional<uint64_t>> unit_of(std::string_view name) {
  if (name.empty()) return std::optional<uint64_t>();
  std::string low(name);
  std::transform(low.begin(), low.end(), low.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (low == "b") return std::optional<uint64_t>(1);
  uint64_t decimal = 1000, binary = 1024;
  for (const char letter : std::string_view("kmgtp")) {
    if (low == std::string(1, letter) + "b") return std::optional(decimal);
    if (low == std::string(1, letter) + "ib") return std::optional(binary);
    decimal *= 1000;
    binary *= 1024;
  }
  return fail(ErrorKind::usage, "no such unit", std::string(name), "b, kb, kib, mb, mib, gb, gib, tb, tib, pb or pib");
}

void SizeTable::count(Row& row, uint64_t bytes) const {
  ++row.total;
  if (above_ && bytes < *above_) return;
  row.bytes += bytes;
  ++row.above;
}

void SizeTable::add(std::string_view path, uint64_t bytes) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  count(rows_[dot == std::string_view::npos ? std::string(name) : "*" + std::string(name.substr(dot))], bytes);
}

void SizeTable::add_object(uint64_t bytes) { count(objects_, bytes); }

std::string SizeTable::text(size_t top, std::optional<uint64_t> unit) const {
  std::vector<std::pair<std::string, Row>> shown;
  for (const auto& row : rows_)
    if (row.second.above > 0) shown.push_back(row);
  std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return std::tie(b.second.bytes, a.first) < std::tie(a.second.bytes, b.first); });
  if (shown.size() > top) shown.resize(top);
  const size_t files = shown.size();
  if (objects_.above > 0) shown.emplace_back("LFS Objects", objects_);

  struct Cells {
    std::string name, size, count, percent;
  };
  std::vector<Cells> cells;
  Cells widest;
  for (const auto& [name, row] : shown) {
    cells.push_back({name, size_text(row.bytes, unit), fmt::format("{}/{} {}", row.above, row.total, row.total == 1 ? "file " : "files"),
                     fmt::format("{:.0f}%", 100.0 * static_cast<double>(row.above) / static_cast<double>(row.total))});
    for (std::string Cells::*cell : {&Cells::name, &Cells::size, &Cells::count, &Cells::percent})
      if ((cells.back().*cell).size() > (widest.*cell).size()) widest.*cell = cells.back().*cell;
  }
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i == files && files > 0) text += "\n";
    text += left(cells[i].name, widest.name.size()) + "\t" + left(cells[i].size, widest.size.size()) + "\t" + right(cells[i].count, widest.count.size()) + "\t" +
            right(cells[i].percent, widest.percent.size()) + "\n";
  }
  return text;
}

}  // namespace lfsguard::cli
