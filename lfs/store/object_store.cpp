#include "lfs/store/object_store.h"

#include <cstdlib>

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/subprocess.h"
#include "git/process/git_command.h"
#include "lfs/store/alternates.h"

namespace lfsguard::lfs {
namespace {

std::string object_path(const std::string& objects_dir, const Oid& oid) {
  const std::string hex = oid.hex();
  return objects_dir + "/" + hex.substr(0, 2) + "/" + hex.substr(2, 2) + "/" + hex;
}

bool is_file(const std::string& path, std::optional<uint64_t> size) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  return !size || static_cast<uint64_t>(info.st_size) == *size;
}

// Whether any file lies `depth` folders below `path`.
bool any_file(const std::string& path, int depth) {
  DIR* const folder = ::opendir(path.c_str());
  if (!folder) return false;
  bool found = false;
  while (const dirent* entry = found ? nullptr : ::readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    const std::string below = path + "/" + entry->d_name;
    found = depth == 0 ? is_file(below, std::nullopt) : any_file(below, depth - 1);
  }
  ::closedir(folder);
  return found;
}

struct StoreConfig {
  std::string storage;
  SharedModes modes;
};

// lfs.storage and core.sharedRepository in one question.
Result<StoreConfig> ask_config(const std::string& git_dir) {
  Command command = git::git_command(
      {"--git-dir=" + git_dir, "config", "-z", "--get-regexp", "^(lfs\\.storage|core\\.sharedrepository)$"});
  const Completed completed = TRY(run(command));
  if (completed.status > 1) {
    Error error{
        ErrorKind::config, "git config cannot be read", git_dir, "run: git config --list", {completed.error_output}};
    return fail(std::move(error));
  }
  StoreConfig config;
  for (const std::string_view item : git::split_nul(completed.output)) {
    const size_t newline = item.find('\n');
    const std::string_view key = item.substr(0, newline);
    const std::string_view value = newline == std::string_view::npos ? "true" : item.substr(newline + 1);
    if (key == "lfs.storage") config.storage = value;
    if (key == "core.sharedrepository") config.modes = SharedModes::parse(value);
  }
  return config;
}

}  // namespace

SharedModes SharedModes::parse(std::string_view value) {
  if (value == "true" || value == "group" || value == "1" || value == "yes" || value == "on") return {0660, false};
  if (value == "all" || value == "world" || value == "everybody" || value == "2") return {0664, false};
  if (value.size() < 2 || value.front() != '0') return {};
  unsigned mode = 0;
  for (const char c : value) {
    if (c < '0' || c > '7') return {};
    mode = mode << 3 | static_cast<unsigned>(c - '0');
  }
  // As git: without read and write for the owner the value means nothing.
  if ((mode & 0600) != 0600) return {};
  return {mode & 0666, true};
}

unsigned SharedModes::file_mode(unsigned default_mode) const { return exact ? file : (default_mode | file); }

unsigned SharedModes::folder_mode(unsigned default_mode) const {
  const unsigned mode = file_mode(default_mode);
  return mode | ((mode & 0444) >> 2);
}

ObjectStore ObjectStore::at(const git::RepositoryLayout& layout, std::string_view storage, SharedModes modes) {
  ObjectStore store;
  store.modes_ = modes;
  store.root_ = layout.common_dir + "/lfs";
  if (!storage.empty()) {
    const char* home = std::getenv("HOME");
    if (storage.starts_with("~/") && home)
      store.root_ = home + std::string(storage.substr(1));
    else
      store.root_ = storage.front() == '/' ? std::string(storage) : layout.common_dir + "/" + std::string(storage);
    while (store.root_.size() > 1 && store.root_.back() == '/') store.root_.pop_back();
  }
  for (const std::string& object_dir : alternate_object_dirs(layout.object_dir))
    store.alternates_.push_back(object_dir + "/../lfs/objects");
  return store;
}

Result<ObjectStore> ObjectStore::of_repository(const git::RepositoryLayout& layout) {
  const StoreConfig config = TRY(ask_config(layout.git_dir));
  return at(layout, config.storage, config.modes);
}

Result<ObjectStore> ObjectStore::of_git_directory(const std::string& git_dir) {
  git::RepositoryLayout layout;
  layout.git_dir = layout.common_dir = git_dir;
  layout.object_dir = git_dir + "/objects";
  return of_repository(layout);
}

std::string ObjectStore::path_of(const Oid& oid) const { return object_path(objects_dir(), oid); }

std::optional<std::string> ObjectStore::find(const Oid& oid, std::optional<uint64_t> size) const {
  std::string path = path_of(oid);
  if (is_file(path, size)) return path;
  for (const std::string& alternate : alternates_) {
    path = object_path(alternate, oid);
    if (is_file(path, size)) return path;
  }
  return std::nullopt;
}

bool ObjectStore::contains(const Oid& oid, std::optional<uint64_t> size) const {
  if (oid == Oid::of_empty_content()) return true;
  return find(oid, size).has_value();
}

bool ObjectStore::has_any_object() const { return any_file(objects_dir(), 2); }

}  // namespace lfsguard::lfs
