#include "git/process/index_file.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "git/process/git_command.h"

namespace lfsguard::git {
namespace {

// A folder as GIT_ALTERNATE_OBJECT_DIRECTORIES takes it: colons part its items, unless quoted as in C.
std::string quoted_alternate(const std::string& path) {
  if (path.find_first_of(":\"") == std::string::npos) return path;
  std::string quoted = "\"";
  for (const char c : path) quoted.append(c == '"' || c == '\\' ? "\\" : "").push_back(c);
  return quoted + "\"";
}

// LFS's filter is that of `program`, whatever the configuration says.
std::vector<std::string> filter_settings(const std::string& program) {
  std::string quoted = "'";
  for (const char c : program) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return {"-c", "filter.lfs.process=" + quoted + "' lfs filter-process", "-c", "filter.lfs.required=true"};
}

}  // namespace

std::vector<IndexFile> IndexFile::at_hand(const RepositoryLayout& layout) {
  std::vector<IndexFile> files = {IndexFile(layout, std::string())};
  const char* given = std::getenv("GIT_INDEX_FILE");
  const std::string name = given ? given : "";
  const size_t slash = name.rfind('/');
  if (name.substr(slash == std::string::npos ? 0 : slash + 1).starts_with("next-index-")) {
    const std::string lock = layout.git_dir + "/index.lock";
    if (::access(lock.c_str(), F_OK) == 0) files.push_back(IndexFile(layout, lock));
  }
  return files;
}

Command IndexFile::command(std::vector<std::string> arguments) const {
  // In a copy of a sparse index directories are only made one entry again at the end.
  if (!object_dir_.empty()) arguments.insert(arguments.begin(), {"-c", "index.sparse=false"});
  Command command = git_command(std::move(arguments), layout_->work_tree);
  auto& environment = command.environment;
  if (other_) environment.insert(environment.end(), {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"});
  if (!file_.empty()) environment.push_back("GIT_INDEX_FILE=" + file_);
  if (!object_dir_.empty()) {
    std::string alternates = quoted_alternate(layout_->object_dir);
    if (const char* given = std::getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"); given && *given) alternates += std::string(":") + given;
    environment.insert(environment.end(), {"GIT_OBJECT_DIRECTORY=" + object_dir_, "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + alternates});
  }
  return command;
}

Result<std::vector<IndexEntry>> IndexFile::entries(const std::vector<std::string>& pathspecs) const {
  std::vector<std::string> arguments = {"ls-files", "-s", "-v", "-z", "--"};
  arguments.insert(arguments.end(), pathspecs.begin(), pathspecs.end());
  Command command = this->command(std::move(arguments));
  const std::string listed = TRY(git_output(command));
  std::vector<IndexEntry> entries;
  for (const std::string_view line : split_nul(listed)) {  // "H 100644 <id> 0\t<path>"
    if (line.size() < 53 || line[50] != '0') continue;
    IndexEntry entry;
    entry.tag = line[0];
    std::from_chars(line.data() + 2, line.data() + 8, entry.mode, 8);
    entry.oid = ObjectId::from_hex(line.substr(9, 40)).value_or(ObjectId{});
    entry.path = std::string(line.substr(52));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::optional<IndexEntry>> IndexFile::entry(const std::string& path) const {
  for (IndexEntry& found : TRY(entries({":(literal)" + path})))
    if (found.path == path) return std::optional(std::move(found));
  return std::optional<IndexEntry>();
}

Status IndexFile::put(const std::vector<IndexEntry>& entries) const {
  // git drops marks with an entry that is replaced: they are set again, and nobody may see the index without them.
  const bool marked = std::any_of(entries.begin(), entries.end(), [](const IndexEntry& entry) { return entry.tag != 'H'; });
  return marked && !is_copy_ ? edit([&](const IndexFile& copy) { return copy.put_in_place(entries); }) : put_in_place(entries);
}

Status IndexFile::put_in_place(const std::vector<IndexEntry>& entries) const {
  Command command = this->command({"update-index", "-z", "--add", "--index-info"});
  std::string skipped, unchanged;
  for (const IndexEntry& entry : entries) {
    char mode[16] = {};
    *std::to_chars(mode, mode + sizeof mode - 1, entry.mode, 8).ptr = 0;
    command.input->append(mode).append(" ").append(entry.oid.hex()).append("\t").append(entry.path).push_back('\0');
    if (entry.tag == 'S' || entry.tag == 's') skipped.append(entry.path).push_back('\0');
    if (entry.tag >= 'a' && entry.tag <= 'z') unchanged.append(entry.path).push_back('\0');
  }
  TRY(git_output(command));
  for (const auto& [flag, paths] : {std::pair("--skip-worktree", &skipped), std::pair("--assume-unchanged", &unchanged)}) {
    if (paths->empty()) continue;
    Command mark = this->command({"update-index", "-z", flag, "--stdin"});
    mark.input = *paths;
    TRY(git_output(mark));
  }
  return {};
}

Result<std::vector<std::string>> IndexFile::attribute_values(const std::string& attribute, const std::vector<std::string>& paths) const {
  std::vector<std::string> values(paths.size());
  if (paths.empty()) return values;
  Command command = this->command({"check-attr", "--stdin", "-z", "--cached", attribute});
  for (const std::string& path : paths) command.input->append(path).push_back('\0');
  const std::string output = TRY(git_output(command));
  const auto items = split_nul(output);
  for (size_t i = 0; i < paths.size() && i * 3 + 2 < items.size(); ++i) values[i] = items[i * 3 + 2];
  return values;
}

Result<std::vector<bool>> IndexFile::covered(const std::vector<std::string>& paths) const {
  std::vector<bool> covered;
  for (const std::string& value : TRY(attribute_values("filter", paths))) covered.push_back(value == "lfs");
  return covered;
}

Result<std::vector<bool>> IndexFile::have_attribute(const std::string& attribute, const std::vector<std::string>& paths) const {
  std::vector<bool> have;
  for (const std::string& value : TRY(attribute_values(attribute, paths))) have.push_back(!value.empty() && value != "unset" && value != "unspecified");
  return have;
}

Status IndexFile::remove(const std::vector<std::string>& paths) const {
  if (paths.empty()) return {};
  Command command = this->command({"update-index", "-z", "--force-remove", "--stdin"});
  for (const std::string& path : paths) command.input->append(path).push_back('\0');
  TRY(git_output(command));
  return {};
}

Status IndexFile::check_out(const std::vector<std::string>& paths, const std::string& program) const {
  if (paths.empty()) return {};
  std::vector<std::string> arguments = program.empty() ? std::vector<std::string>() : filter_settings(program);
  arguments.insert(arguments.end(), {"checkout-index", "-z", "-f", "-u", "--stdin"});
  Command command = this->command(std::move(arguments));
  for (const std::string& path : paths) command.input->append(path).push_back('\0');
  TRY(git_output(command));
  return {};
}

void IndexFile::refresh(const std::string& program, const std::string& known_pointers) const {
  std::vector<std::string> arguments = filter_settings(program);
  arguments.insert(arguments.end(), {"update-index", "-q", "--refresh"});
  Command command = this->command(std::move(arguments));
  if (!known_pointers.empty()) command.environment.push_back("LFSGUARD_KNOWN_POINTERS=" + known_pointers);
  // An entry that still differs is the user's unstaged work; git says so by its exit code, and it is no error here.
  static_cast<void>(run(command));
}

Result<std::vector<std::string>> IndexFile::changed_in_work_tree(const std::vector<std::string>& paths) const {
  std::vector<std::string> changed;
  constexpr size_t kBatch = 500;  // paths on one command line
  for (size_t first = 0; first < paths.size(); first += kBatch) {
    std::vector<std::string> arguments = {"diff-files", "-z", "--name-only", "--ignore-submodules=all", "--"};
    for (size_t i = first; i < std::min(paths.size(), first + kBatch); ++i) arguments.push_back(":(literal)" + paths[i]);
    Command command = this->command(std::move(arguments));
    const std::string listed = TRY(git_output(command));
    for (const std::string_view path : split_nul(listed)) changed.emplace_back(path);
  }
  return changed;
}

}  // namespace lfsguard::git
