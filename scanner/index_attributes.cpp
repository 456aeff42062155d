#include "scanner/index_attributes.h"

#include <cstdlib>

#include "git/objects/commit.h"
#include "git/objects/tree.h"
#include "git/process/head_commit.h"
#include "git/process/installed_git.h"
#include "scanner/outer_attributes.h"

namespace lfsguard::scanner {
namespace {

constexpr std::string_view kName = ".gitattributes";

// Places of files outside the repository that only git knows.
bool only_git_knows(const config::GitConfig& git_config) {
  if (const char* source = std::getenv("GIT_ATTR_SOURCE"); (source && *source) || git_config.find("attr.tree")) return true;
  if (const auto* entry = git_config.find("core.attributesfile")) {
    const std::string& path = entry->value;
    if (path.empty() || (path[0] == '~' && !path.starts_with("~/")) || path[0] == '%' || path[0] == ':') return true;
  }
  // The system's file lies in /etc for a git that lies in /usr; another git has another.
  const std::string git = git::installed_git_stamp();
  const bool of_system = (git.starts_with("/usr/") && !git.starts_with("/usr/local/")) || git.starts_with("/bin/");
  const char* none = std::getenv("GIT_ATTR_NOSYSTEM");
  return !of_system && !(none && config::parse_git_bool(none).value_or(false));
}

}  // namespace

std::optional<IndexAttributes> IndexAttributes::open(const git::RepositoryLayout& layout, git::ObjectReader& reader, const git::StagedAttributes& staged,
                                                     const config::GitConfig& git_config) {
  if (staged.unmerged || only_git_knows(git_config)) return std::nullopt;
  std::optional<ObjectId> root;
  if (!staged.unborn) {
    const auto head = git::head_commit_from_files(layout);
    const auto object = head ? reader.read(*head) : Result<git::Object>(fail(ErrorKind::not_found, "", ""));
    const auto commit = object ? git::parse_commit(object->view()) : std::nullopt;
    if (!commit) return std::nullopt;
    root = commit->tree_oid;
  }
  auto base = attributes_of_work_tree(layout, git_config);
  if (!base) return std::nullopt;
  return IndexAttributes(reader, staged, std::move(*base), root);
}

const std::optional<git::Object>& IndexAttributes::tree(const std::string& directory) {
  const auto [slot, fresh] = trees_.try_emplace(directory);
  if (!fresh) return slot->second;
  std::optional<ObjectId> oid = root_;
  if (!directory.empty()) {
    const size_t slash = directory.rfind('/');
    const auto& above = tree(slash == std::string::npos ? "" : directory.substr(0, slash));
    const auto entry = above ? git::find_entry(above->view(), std::string_view(directory).substr(slash == std::string::npos ? 0 : slash + 1)) : std::nullopt;
    oid = entry && entry->is_tree() ? std::optional(entry->id()) : std::nullopt;
  }
  if (!oid) return slot->second;
  auto object = reader_.read(*oid);
  if (object && object->type == git::ObjectType::tree)
    slot->second = std::move(*object);
  else
    known_ = false;
  return slot->second;
}

std::optional<std::optional<std::string>> IndexAttributes::file(const std::string& directory) {
  using Answer = std::optional<std::string>;
  uint32_t mode = 0;
  ObjectId oid;
  const std::string path = directory.empty() ? std::string(kName) : directory + "/" + std::string(kName);
  if (const auto change = staged_.changed.find(path); change != staged_.changed.end()) {
    mode = change->second.mode;
    oid = change->second.blob_oid;
  } else {
    const auto& in_head = tree(directory);
    if (!known_) return std::nullopt;
    if (const auto entry = in_head ? git::find_entry(in_head->view(), kName) : std::nullopt; entry && !entry->is_tree()) {
      mode = entry->mode;
      oid = entry->id();
    }
  }
  if (mode == 0) return Answer();
  if ((mode & 0170000) != 0100000) return std::nullopt;
  const auto object = reader_.read(oid);
  // git 2.44 and later leave out lines that name "builtin_..."; which git this is is not worth a process.
  if (!object || object->type != git::ObjectType::blob || object->view().find("builtin_") != std::string_view::npos) return std::nullopt;
  return Answer(std::string(object->view()));
}

const attributes::AttributeStack* IndexAttributes::stack(const std::string& directory) {
  if (const auto found = stacks_.find(directory); found != stacks_.end()) return &found->second;
  const auto bytes = file(directory);
  if (!bytes) return nullptr;
  const auto parsed = *bytes ? attributes::AttributeFile::parse(**bytes, attributes::ReadFrom::blob) : nullptr;
  if (directory.empty()) return &stacks_.emplace(directory, base_.root(parsed)).first->second;
  const size_t slash = directory.rfind('/');
  const attributes::AttributeStack* above = stack(slash == std::string::npos ? "" : directory.substr(0, slash));
  if (!above) return nullptr;
  return &stacks_.emplace(directory, above->enter(std::string_view(directory).substr(slash == std::string::npos ? 0 : slash + 1), parsed)).first->second;
}

std::optional<bool> IndexAttributes::covers(std::string_view path) {
  const size_t slash = path.rfind('/');
  const attributes::AttributeStack* found = stack(slash == std::string_view::npos ? "" : std::string(path.substr(0, slash)));
  if (!found) return std::nullopt;
  return found->filter(path.substr(slash == std::string_view::npos ? 0 : slash + 1)).is_lfs();
}

size_t IndexAttributes::entries_in_head(const std::string& directory) {
  const auto& in_head = tree(directory);
  size_t entries = 0;
  if (in_head) {
    git::TreeReader reader(in_head->view());
    for (git::TreeEntry entry; reader.next(entry);) ++entries;
  }
  return entries;
}

}  // namespace lfsguard::scanner
