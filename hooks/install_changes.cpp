#include "hooks/install_changes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "git/process/git_command.h"

namespace lfsguard::hooks {

void Changes::say_change(std::string_view past, std::string_view infinitive, std::string_view what) {
  ++count_;
  say_(dry_run_ ? "would " + std::string(infinitive) + " " + std::string(what)
                : std::string(past) + " " + std::string(what));
}

Status Changes::write_file(const std::string& path, std::string_view text, bool executable) {
  const auto before = TRY(bytes_of_file(path));
  if (before == text && (!executable || ::access(path.c_str(), X_OK) == 0)) return {};
  say_change(before ? "updated" : "wrote", before ? "update" : "write", path);
  if (dry_run_) return {};
  TRY(make_directories(path.substr(0, path.rfind('/'))));
  remove_abandoned_copies(path);
  TRY(replace_file_durably(path, text));
  // Whoever may read it may run it.
  struct stat info {};
  if (executable && (::stat(path.c_str(), &info) != 0 ||
                     ::chmod(path.c_str(), (info.st_mode | ((info.st_mode & 0444) >> 2)) & 07777) != 0))
    return fail(errno_error("cannot make it executable", path));
  return {};
}

Status Changes::move(const std::string& from, const std::string& to) {
  say_change("moved", "move", from + " to " + to);
  if (dry_run_) return {};
  TRY(make_directories(to.substr(0, to.rfind('/'))));
  struct stat info {};
  if (::lstat(to.c_str(), &info) == 0)
    return fail(ErrorKind::conflict, "a file is in the way", to, "move it away, then run the command again");
  if (::rename(from.c_str(), to.c_str()) != 0) return fail(errno_error("cannot move", from));
  return {};
}

Status Changes::remove(const std::string& path) {
  say_change("removed", "remove", path);
  if (dry_run_) return {};
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(errno_error("cannot remove", path));
  return {};
}

void Changes::remove_folder_if_empty(const std::string& path) const {
  if (!dry_run_) ::rmdir(path.c_str());
}

Status Changes::remove_tree(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  say_change("removed", "remove", path);
  if (dry_run_) return {};
  std::error_code code;
  std::filesystem::remove_all(path, code);
  if (code) return fail(errno_error("cannot remove", path, code.value()));
  return {};
}

Status Changes::make_link(const std::string& target, const std::string& path) {
  say_change("linked", "link", path + " to " + target);
  if (dry_run_) return {};
  TRY(make_directories(path.substr(0, path.rfind('/'))));
  if (::symlink(target.c_str(), path.c_str()) != 0) return fail(errno_error("cannot make the link", path));
  return {};
}

Status Changes::set_config(const std::string& file, const std::string& key, const std::string& value) {
  const auto before = TRY(config_values(file, key));
  if (before.size() == 1 && before[0] == value) return {};
  constexpr size_t kShown = 60;  // a filter's command is a long line of shell
  say_change("set", "set", key + (value.size() <= kShown ? " = " + value : "") + " in " + file);
  if (dry_run_) return {};
  TRY(make_directories(file.substr(0, file.rfind('/'))));
  TRY(git::git_output(git::git_command({"config", "--file", file, "--replace-all", key, value})));
  return {};
}

Status Changes::unset_config(const std::string& file, const std::string& key) {
  if (TRY(config_values(file, key)).empty()) return {};
  say_change("unset", "unset", key + " in " + file);
  if (dry_run_) return {};
  TRY(git::git_output(git::git_command({"config", "--file", file, "--unset-all", key})));
  return {};
}

Status Changes::restore_config(const std::string& file, const std::optional<std::string>& bytes) {
  if (!bytes) return remove(file);
  if (TRY(bytes_of_file(file)) == bytes) return {};
  say_change("put back", "put back", file + " as it was before");
  if (dry_run_) return {};
  remove_abandoned_copies(file);
  return replace_file_durably(file, *bytes);
}

Result<std::vector<std::string>> config_values(const std::string& file, const std::string& key) {
  std::vector<std::string> values;
  if (::access(file.c_str(), F_OK) != 0) return values;
  const Completed completed = TRY(run(git::git_command({"config", "--file", file, "-z", "--get-all", key})));
  if (completed.status > 1) {
    Error error{ErrorKind::config, "git cannot read this configuration", file, "mend that file first", {}};
    for (const std::string_view line : git::split_lines(completed.error_output)) error.causes.emplace_back(line);
    return fail(std::move(error));
  }
  for (const std::string_view value : git::split_nul(completed.output)) values.emplace_back(value);
  return values;
}

Result<std::optional<std::string>> bytes_of_file(const std::string& path) {
  auto bytes = read_file(path);
  if (bytes) return std::optional(std::move(*bytes));
  if (bytes.error().kind == ErrorKind::not_found) return std::optional<std::string>();
  return fail(std::move(bytes.error()));
}

}  // namespace lfsguard::hooks
