#include "git/process/staged_changes.h"

#include <unistd.h>

#include <charconv>
#include <map>

#include "base/file_descriptor.h"
#include "git/process/git_command.h"
#include "git/process/head_commit.h"

namespace lfsguard::git {
namespace {

constexpr const char* kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

std::string top_of(const RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

Command diff_index(const RepositoryLayout& layout, const std::string& commit) {
  return git_command({"diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index",
                      "--ignore-submodules=all", commit},
                     top_of(layout));
}

bool is_attributes_file(std::string_view path) { return path == ".gitattributes" || path.ends_with("/.gitattributes"); }

// ":<mode> <mode> <id> <id> <status>\0<path>\0" each.
Result<std::vector<StagedEntry>> parse_raw(std::string_view output, StagedAttributes* attributes = nullptr) {
  std::vector<StagedEntry> entries;
  const auto items = split_nul(output);
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view line = items[i];
    if (line.size() < 98 || line[0] != ':') return fail(ErrorKind::io, "git diff-index gave a line that is not understood", std::string(line));
    const std::string_view old_oid = line.substr(15, 40), new_oid = line.substr(56, 40);
    const char status = line[97];
    StagedEntry entry;
    std::from_chars(line.data() + 8, line.data() + 14, entry.mode, 8);
    if (attributes && is_attributes_file(items[i + 1])) {
      if (status == 'U') attributes->unmerged = true;
      const auto staged_oid = ObjectId::from_hex(new_oid);
      attributes->changed[std::string(items[i + 1])] = {status == 'D' ? 0 : entry.mode, staged_oid.value_or(ObjectId{})};
    }
    if (status == 'D' || status == 'U' || (entry.mode & 0170000) == 0160000 || old_oid == new_oid) continue;
    const auto oid = ObjectId::from_hex(new_oid);
    if (!oid || oid->is_zero()) continue;
    entry.blob_oid = *oid;
    entry.path = std::string(items[i + 1]);
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Parents-to-be beside HEAD. `git merge` writes MERGE_HEAD only after its pre-merge-commit hook; until then the heads are known by the variables
// GITHEAD_<id> that it sets for its strategies.
std::vector<ObjectId> merge_parents(const RepositoryLayout& layout) {
  std::vector<ObjectId> parents;
  const auto add = [&](std::string_view hex) {
    if (const auto oid = ObjectId::from_hex(hex)) parents.push_back(*oid);
  };
  if (const auto merge_heads = read_file(layout.git_dir + "/MERGE_HEAD")) {
    for (const std::string_view line : split_lines(*merge_heads)) add(line.substr(0, 40));
    return parents;
  }
  constexpr std::string_view kPrefix = "GITHEAD_";
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text = *variable;
    if (text.starts_with(kPrefix) && text.size() > kPrefix.size() + 40 && text[kPrefix.size() + 40] == '=') add(text.substr(kPrefix.size(), 40));
  }
  return parents;
}

}  // namespace

Result<StagedChanges> staged_changes(const RepositoryLayout& layout) {
  StagedChanges changes;
  Completed completed = TRY(run(diff_index(layout, "HEAD")));
  if (completed.status != 0) {
    // No commit yet is the only good reason.
    const Completed head = TRY(run(git_command({"rev-parse", "-q", "--verify", "HEAD"}, top_of(layout))));
    if (head.status == 0) return fail(git_output(diff_index(layout, "HEAD")).error().because("cannot read what is staged", layout.git_dir));
    auto output = git_output(diff_index(layout, kEmptyTree));
    if (!output) return fail(std::move(output).error().because("cannot read what is staged", layout.git_dir));
    completed.output = std::move(*output);
    changes.attributes.unborn = true;
  }
  std::vector<StagedEntry>& entries = changes.entries;
  entries = TRY(parse_raw(completed.output, &changes.attributes));

  if (entries.empty()) return changes;
  for (const ObjectId& parent : merge_parents(layout)) {
    const std::vector<StagedEntry> against = TRY(parse_raw(TRY(git_output(diff_index(layout, parent.hex())))));
    std::map<std::string_view, const ObjectId*> differs;
    for (const StagedEntry& entry : against) differs[entry.path] = &entry.blob_oid;
    std::erase_if(entries, [&](const StagedEntry& entry) { return !differs.contains(entry.path); });
  }
  return changes;
}

Result<std::vector<ObjectId>> parents_to_be(const RepositoryLayout& layout) {
  std::vector<ObjectId> parents = merge_parents(layout);
  if (const auto head = head_commit_from_files(layout)) {
    parents.insert(parents.begin(), *head);
  } else {
    const Completed asked = TRY(run(git_command({"rev-parse", "-q", "--verify", "HEAD"}, top_of(layout))));
    if (const auto oid = ObjectId::from_hex(std::string_view(asked.output).substr(0, 40)); oid && asked.status == 0) parents.insert(parents.begin(), *oid);
  }
  return parents;
}

Result<std::vector<bool>> covered_by_attributes(const RepositoryLayout& layout, const std::vector<std::string>& paths, bool from_index) {
  std::vector<bool> covered(paths.size());
  if (paths.empty()) return covered;
  std::vector<std::string> arguments = {"check-attr", "--stdin", "-z"};
  if (from_index) arguments.push_back("--cached");
  arguments.push_back("filter");
  Command command = git_command(std::move(arguments), top_of(layout));
  command.input->reserve(paths.size() * 40);
  for (const std::string& path : paths) command.input->append(path).push_back('\0');
  const std::string output = TRY(git_output(command));
  const auto items = split_nul(output);
  if (items.size() != paths.size() * 3) return fail(ErrorKind::io, "git check-attr answered for another number of paths than asked", layout.work_tree);
  for (size_t i = 0; i < paths.size(); ++i) covered[i] = items[i * 3 + 2] == "lfs";
  return covered;
}

}  // namespace lfsguard::git
