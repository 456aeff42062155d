#include "git/objects/object_database.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/file_descriptor.h"
#include "git/objects/c_quoting.h"
#include "git/objects/loose_object.h"

namespace lfsguard::git {
namespace {

constexpr int kAlternateDepth = 5;  // as git

std::vector<std::string> list_packs(const std::string& pack_dir) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(pack_dir.c_str()), ::closedir);
  if (!folder) return names;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name.starts_with("pack-") && name.ends_with(".pack")) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The folders that a list names, one after each separator; a C-quoted entry may hold the separator.
std::vector<std::string> split_alternates(std::string_view text, char separator) {
  std::vector<std::string> folders;
  while (!text.empty()) {
    if (text.front() == '"') {
      if (const auto quoted = unquote_c(text)) {
        folders.push_back(quoted->text);
        text.remove_prefix(std::min(text.size(), quoted->length + 1));
        continue;
      }
    }
    const size_t end = text.find(separator);
    const std::string_view item = text.substr(0, end);
    if (!item.empty() && !(separator == '\n' && item.front() == '#')) folders.emplace_back(item);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return folders;
}

}  // namespace

Result<std::unique_ptr<ObjectDatabase>> ObjectDatabase::open(const std::string& object_dir) {
  auto database = std::make_unique<ObjectDatabase>();
  TRY(database->add_source(object_dir, 0, true));
  if (const char* given = std::getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"))
    for (const std::string& folder : split_alternates(given, ':')) TRY(database->add_source(folder, 1, true));
  return database;
}

Result<std::unique_ptr<ObjectDatabase>> ObjectDatabase::open_single(const std::string& object_dir) {
  auto database = std::make_unique<ObjectDatabase>();
  TRY(database->add_source(object_dir, 0, false));
  return database;
}

Status ObjectDatabase::add_source(const std::string& directory, int depth, bool with_alternates) {
  char resolved[PATH_MAX];
  if (!::realpath(directory.c_str(), resolved)) {
    if (depth > 0 || errno == ENOENT) return {};  // git warns of an alternate that is gone, and goes on
    return fail(errno_error("cannot open the object folder", directory));
  }
  for (const Source& source : sources_)
    if (source.directory == resolved) return {};
  Source source;
  source.directory = resolved;
  const std::string pack_dir = source.directory + "/pack";
  for (const std::string& name : list_packs(pack_dir)) {
    const std::string path = pack_dir + "/" + name;
    if (::access((path.substr(0, path.size() - 5) + ".idx").c_str(), F_OK) != 0) continue;
    auto pack = PackFile::open(path);
    if (!pack && pack.error().kind == ErrorKind::not_found) continue;  // repacked under our hands
    source.packs.push_back(TRY(std::move(pack)));
  }
  const std::string midx_path = pack_dir + "/multi-pack-index";
  if (source.packs.size() > 1 && ::access(midx_path.c_str(), F_OK) == 0) {
    if (auto midx = MultiPackIndex::open(midx_path)) source.multi_pack_index = std::move(*midx);
  }
  std::vector<bool> covered(source.packs.size());
  if (source.multi_pack_index) {
    for (const std::string& name : source.multi_pack_index->pack_names()) {
      const PackFile* match = nullptr;
      for (size_t i = 0; i < source.packs.size(); ++i)
        if (source.packs[i]->sibling(".idx") == pack_dir + "/" + name) {
          match = source.packs[i].get();
          covered[i] = true;
        }
      source.multi_pack.push_back(match);
    }
  }
  for (size_t i = 0; i < source.packs.size(); ++i)
    if (!covered[i]) source.single_packs.push_back(source.packs[i].get());
  sources_.push_back(std::move(source));
  if (!with_alternates || depth >= kAlternateDepth) return {};
  const std::string base = resolved;
  if (const auto list = read_file(base + "/info/alternates")) {
    for (const std::string& folder : split_alternates(*list, '\n'))
      TRY(add_source(folder.starts_with('/') ? folder : base + "/" + folder, depth + 1, true));
  }
  return {};
}

std::optional<ObjectLocation> ObjectDatabase::find(const ObjectId& id) const {
  for (const Source& source : sources_) {
    if (source.multi_pack_index) {
      if (const auto hit = source.multi_pack_index->find(id)) {
        if (const PackFile* pack = source.multi_pack[hit->first]) return ObjectLocation{pack, hit->second, {}};
        // The pack is gone (repacked): whichever others hold the object are asked below.
        for (const auto& pack : source.packs)
          if (const auto position = pack->index().find(id)) return ObjectLocation{pack.get(), pack->index().offset(*position), {}};
      }
    }
    for (const PackFile* pack : source.single_packs)
      if (const auto position = pack->index().find(id)) return ObjectLocation{pack, pack->index().offset(*position), {}};
  }
  for (const Source& source : sources_) {
    std::string path = loose_path(source.directory, id);
    if (::access(path.c_str(), F_OK) == 0) return ObjectLocation{nullptr, 0, std::move(path)};
  }
  return std::nullopt;
}

}  // namespace lfsguard::git
