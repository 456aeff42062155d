#include "scanner/ref_scope.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/file_descriptor.h"
#include "git/objects/commit.h"
#include "git/process/git_command.h"

namespace lfsguard::scanner {
namespace {

std::string folder_to_ask(const git::RepositoryLayout& layout) {
  return layout.work_tree.empty() ? layout.git_dir : layout.work_tree;
}

// What a HEAD file says where it is on no branch. In a reftable repository the file is a placeholder and git is asked.
Result<std::optional<ObjectId>> detached_head(const git::RepositoryLayout& layout, const std::string& file, const std::string& name, bool reftable) {
  if (reftable) {
    auto symbolic = git::git_command({"symbolic-ref", "-q", name}, folder_to_ask(layout));
    if (TRY(run(symbolic)).status == 0) return std::optional<ObjectId>();
    const Completed answer = TRY(run(git::git_command({"rev-parse", "-q", "--verify", name}, folder_to_ask(layout))));
    return ObjectId::from_hex(std::string_view(answer.output).substr(0, 40));
  }
  char target[8];
  if (::readlink(file.c_str(), target, sizeof target) >= 0) return std::optional<ObjectId>();  // core.preferSymlinkRefs: on a branch
  const auto text = read_file(file);
  if (!text) return std::optional<ObjectId>();
  return ObjectId::from_hex(std::string_view(*text).substr(0, 40));
}

std::vector<std::string> linked_work_trees(const std::string& common_dir) {
  std::vector<std::string> ids;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir((common_dir + "/worktrees").c_str()), ::closedir);
  if (!folder) return ids;
  while (const dirent* entry = ::readdir(folder.get()))
    if (entry->d_name[0] != '.') ids.emplace_back(entry->d_name);
  std::sort(ids.begin(), ids.end());
  return ids;
}

// Every file below `folder` names an object that is stored, or another ref.
bool loose_refs_are_sound(const std::string& folder, const git::ObjectDatabase& database) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), ::closedir);
  if (!entries) return errno == ENOENT;
  while (const dirent* entry = ::readdir(entries.get())) {
    if (entry->d_name[0] == '.') continue;
    const std::string path = folder + "/" + entry->d_name;
    if (entry->d_type == DT_DIR) {
      if (!loose_refs_are_sound(path, database)) return false;
      continue;
    }
    const auto text = read_file(path);
    if (!text) return false;
    if (text->starts_with("ref:")) continue;
    const auto oid = ObjectId::from_hex(std::string_view(*text).substr(0, 40));
    if (!oid || !database.contains(*oid)) return false;
  }
  return true;
}

}  // namespace

bool ref_files_are_sound(const std::string& common_dir, const git::ObjectDatabase& database) {
  if (::access((common_dir + "/reftable").c_str(), F_OK) == 0) return false;
  const auto packed = read_file(common_dir + "/packed-refs");
  if (!packed && packed.error().kind != ErrorKind::not_found) return false;
  if (packed) {
    for (const std::string_view line : git::split_lines(*packed)) {
      if (line.starts_with('#') || line.starts_with('^')) continue;
      const auto oid = ObjectId::from_hex(line.substr(0, 40));
      if (!oid || !database.contains(*oid)) return false;
    }
  }
  return loose_refs_are_sound(common_dir + "/refs", database);
}

Status peel(ScopeRef& ref, git::ObjectReader& reader) {
  ref.peeled = ref.oid;
  for (int depth = 0; depth < 64; ++depth) {
    auto header = reader.header(ref.peeled);
    if (!header) return fail(std::move(header).error().because("cannot read what a ref names", ref.name.empty() ? ref.oid.hex() : ref.name));
    ref.type = header->type;
    if (ref.type != git::ObjectType::tag) return {};
    const git::Object tag = TRY(reader.read(ref.peeled));
    const auto target = git::parse_tag_target(tag.view());
    if (!target) return fail(ErrorKind::corrupt, "tag object is damaged", ref.peeled.hex(), "run 'git fsck'");
    ref.peeled = target->oid;
  }
  return fail(ErrorKind::corrupt, "tags name each other without end", ref.name);
}

Result<std::vector<ScopeRef>> all_refs(const git::RepositoryLayout& layout, git::ObjectReader& reader) {
  std::vector<ScopeRef> refs;
  const std::string output = TRY(git::git_output(git::git_command({"for-each-ref", "--format=%(objectname) %(refname)"}, folder_to_ask(layout))));
  for (const std::string_view line : git::split_lines(output)) {
    const auto oid = ObjectId::from_hex(line.substr(0, 40));
    if (!oid || line.size() < 42) continue;
    const std::string_view name = line.substr(41);
    if (!name.starts_with("refs/lfsguard/")) refs.push_back({std::string(name), *oid, {}, {}});
  }
  const bool reftable = ::access((layout.common_dir + "/reftable").c_str(), F_OK) == 0;
  if (const auto head = TRY(detached_head(layout, layout.common_dir + "/HEAD", layout.common_dir == layout.git_dir ? "HEAD" : "main-worktree/HEAD", reftable)))
    refs.push_back({"HEAD", *head, {}, {}});
  for (const std::string& id : linked_work_trees(layout.common_dir)) {
    const std::string name = "worktrees/" + id + "/HEAD";
    if (const auto head = TRY(detached_head(layout, layout.common_dir + "/" + name, name, reftable))) refs.push_back({name, *head, {}, {}});
  }
  std::sort(refs.begin(), refs.end(), [](const ScopeRef& a, const ScopeRef& b) { return a.name < b.name; });
  for (ScopeRef& ref : refs) TRY(peel(ref, reader));
  return refs;
}

Result<std::vector<ScopeRef>> named_refs(const git::RepositoryLayout& layout, git::ObjectReader& reader, const std::vector<std::string>& names) {
  std::vector<ScopeRef> refs;
  for (const std::string& name : names) {
    const auto oid_line = git::git_line(git::git_command({"rev-parse", "-q", "--verify", "--end-of-options", name}, folder_to_ask(layout)));
    const auto oid = oid_line ? ObjectId::from_hex(*oid_line) : std::nullopt;
    if (!oid) return fail(ErrorKind::usage, "there is no such ref", name, "'git for-each-ref' lists them");
    const auto full = git::git_line(git::git_command({"rev-parse", "-q", "--symbolic-full-name", "--verify", "--end-of-options", name}, folder_to_ask(layout)));
    ScopeRef ref{full ? *full : std::string(), *oid, {}, {}};
    if (!ref.name.empty() && ref.name != "HEAD" && !ref.name.starts_with("refs/")) ref.name.clear();
    TRY(peel(ref, reader));
    if (std::none_of(refs.begin(), refs.end(), [&](const ScopeRef& other) { return other.name == ref.name && other.oid == ref.oid; }))
      refs.push_back(std::move(ref));
  }
  std::sort(refs.begin(), refs.end(), [](const ScopeRef& a, const ScopeRef& b) { return a.name < b.name; });
  return refs;
}

}  // namespace lfsguard::scanner
