// `lfsguard track`, `lfsguard untrack`, and the same below `lfs`: patterns into and out of the .gitattributes of the
// current directory.
//
// What is said and written is git/attributes/track_edit.h's to decide. Here: reading and replacing files, touching the
// tracked files that a new pattern covers (so that git looks at them again and `git add` makes pointers of them), and
// saying which of them stay uncovered.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "cli/command.h"
#include "cli/context.h"
#include "git/attributes/attribute_stack.h"
#include "git/attributes/attributes_editor.h"
#include "git/attributes/c_quoting.h"
#include "git/attributes/pattern_writer.h"
#include "git/attributes/track_edit.h"
#include "git/attributes/tracked_patterns.h"
#include "git/process/git_command.h"
#include "report/terminal.h"
#include "scanner/outer_attributes.h"

namespace lfsguard::cli {
namespace {

using namespace attributes;

// Where the command works.
struct Place {
  const git::RepositoryLayout* layout = nullptr;
  const config::GitConfig* git_config = nullptr;
  std::string prefix;  // of the current directory below the top: "" or "a/b/"

  std::string folder() const { return layout->work_tree + "/" + prefix; }
  std::string attributes_path() const { return folder() + ".gitattributes"; }
};

Result<Place> find_place(Context& context) {
  Place place;
  place.layout = TRY(context.repository());
  if (place.layout->work_tree.empty())
    return fail(ErrorKind::unsupported, "this operation must be run in a work tree", place.layout->git_dir);
  place.git_config = TRY(context.git_config());
  place.prefix = TRY(git::git_line(git::git_command({"rev-parse", "--show-prefix"})));
  return place;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// nullopt when there is none, or it is a symbolic link, which git does not read.
Result<std::optional<std::string>> read_attributes_if_any(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || S_ISLNK(info.st_mode)) return std::optional<std::string>();
  return std::optional<std::string>(TRY(read_file(path)));
}

// All attributes files, in git-lfs's order (tracked_patterns.h).
Result<std::vector<PatternFile>> pattern_files(const Place& place) {
  struct Named {
    PatternFile file;
    size_t length;
  };
  std::vector<Named> inside;
  const std::string top = place.layout->work_tree, info = place.layout->common_dir + "/info/attributes";
  if (auto bytes = read_file(info)) {
    std::string name = std::filesystem::path(info).lexically_relative(top).string();
    inside.push_back({{std::move(name), std::move(*bytes), true}, info.size()});
  }
  const std::string listing = TRY(git::git_output(git::git_command(
      {"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ":(top,glob)**/.gitattributes"}, top)));
  for (const std::string_view name : git::split_nul(listing)) {
    auto bytes = TRY(read_attributes_if_any(top + "/" + std::string(name)));
    if (!bytes || (!inside.empty() && inside.back().file.name == name)) continue;
    inside.push_back({{std::string(name), std::move(*bytes), name == ".gitattributes"}, top.size() + 1 + name.size()});
  }
  std::stable_sort(inside.begin(), inside.end(), [](const Named& a, const Named& b) { return a.length > b.length; });
  std::vector<PatternFile> files;
  for (Named& each : inside) files.push_back(std::move(each.file));

  const std::string home = environment("HOME"), xdg = environment("XDG_CONFIG_HOME"), prefix = environment("PREFIX");
  std::string global = place.git_config->get("core.attributesFile").value_or("");
  if (global.starts_with("~/")) global = home + global.substr(1);
  if (global.empty()) global = (xdg.empty() ? home + "/.config" : xdg) + "/git/attributes";
  for (const std::string& path : {global, (prefix.empty() ? "" : prefix) + "/etc/gitattributes"})
    if (auto bytes = read_file(path)) files.push_back({"", std::move(*bytes), true});
  return files;
}

// Tracked files below the current directory, relative to it.
Result<std::vector<std::string>> tracked_files(const Place& place) {
  const std::string listing = TRY(git::git_output(git::git_command({"ls-files", "-z", "--cached"}, place.folder())));
  std::vector<std::string> files;
  for (const std::string_view name : git::split_nul(listing))
    if (files.empty() || files.back() != name) files.emplace_back(name);
  return files;
}

std::vector<std::string> matching(const std::vector<std::string>& files, const std::string& written, bool fold_case) {
  const auto unquoted = c_unquote(written);
  const std::string text = unquoted ? unquoted->text : written;
  const PathPattern pattern = PathPattern::parse(text);
  std::vector<std::string> found;
  if (pattern.must_be_directory || pattern.negative) return found;
  for (const std::string& file : files)
    if (pattern.matches(file, std::string_view(file).substr(file.rfind('/') + 1), fold_case)) found.push_back(file);
  return found;
}

// Follows no link: a link is no LFS file.
Status touch(const std::string& path) {
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT || errno == ENOTDIR)
    return {};
  return fail(errno_error("cannot set the time of", path));
}

Status set_writable(const std::string& path, bool writable) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  const mode_t mode = writable ? info.st_mode | S_IWUSR : info.st_mode & ~mode_t{S_IWUSR | S_IWGRP | S_IWOTH};
  if (mode == info.st_mode || ::chmod(path.c_str(), mode & 07777) == 0) return {};
  return fail(errno_error("cannot change the permissions of", path));
}

bool keeps_lockable_writable(const Place& place) {
  const std::string variable = environment("GIT_LFS_SET_LOCKABLE_READONLY");
  const std::string value =
      variable.empty() ? place.git_config->get("lfs.setlockablereadonly").value_or("true") : variable;
  return config::parse_git_bool(value) == false;
}

// Which of the files the work tree's attributes do not cover, and what stands in the way.
Status warn_of_uncovered(Context& context, const Place& place, const std::vector<std::string>& files) {
  if (files.empty()) return {};
  const AttributeBase base = TRY(scanner::attributes_of_work_tree(*place.layout, *place.git_config));
  std::map<std::string, AttributeStack, std::less<>> stacks;
  const auto file_of = [&](std::string_view directory) -> std::shared_ptr<const AttributeFile> {
    const auto bytes =
        read_attributes_if_any(place.layout->work_tree + "/" + std::string(directory) + ".gitattributes");
    return bytes && *bytes ? AttributeFile::parse(**bytes, ReadFrom::file) : nullptr;
  };
  for (const std::string& file : files) {
    const std::string path = place.prefix + file;
    const std::string directory = path.substr(0, path.rfind('/') + 1);
    auto stack = stacks.find(directory);
    if (stack == stacks.end()) stack = stacks.emplace(directory, stack_for_directory(base, directory, file_of)).first;
    const Decision decision = stack->second.filter(std::string_view(path).substr(directory.size()));
    if (decision.is_lfs()) continue;
    const std::string source = describe_source(decision);
    context.warn(report::printable(path) + " is still not in LFS" +
                 (source.empty() ? std::string() : ": " + source + " says filter: " + std::string(decision.text())));
  }
  return {};
}

Status refuse_link(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode))
    return fail(ErrorKind::unsupported, "git does not read an attributes file that is a symbolic link", path,
                "replace it by a copy of the file it points to");
  return {};
}

std::string_view line_ending_when_new(const Place& place) {
  const std::string value = place.git_config->get("core.autocrlf").value_or("");
  return config::parse_git_bool(value) == true && !value.empty() ? "\r\n" : "\n";
}

Status add_union_line(Context& context, const Place& place, bool dry_run) {
  const std::string path = place.layout->work_tree + "/.gitattributes";
  TRY(refuse_link(path));
  AttributesEditor editor(TRY(read_attributes_if_any(path)).value_or(std::string()), line_ending_when_new(place));
  if (!TRY(editor.add_line(kMergeUnionLine))) {
    context.print(go_quote(kMergeUnionLine) + " already there\n");
    return {};
  }
  if (!dry_run) TRY(replace_file_durably(path, editor.bytes()));
  context.print("Adding " + go_quote(kMergeUnionLine) + "\n");
  return {};
}

// Touches the files of new patterns; returns those that a pattern is meant to cover.
Result<std::vector<std::string>> treat_files(Context& context, const Place& place, const Arguments& arguments,
                                             const TrackEdit& edit) {
  const bool dry_run = arguments.has("--dry-run");
  const bool fold_case = TRY(place.git_config->get_bool("core.ignoreCase")).value_or(false);
  const std::vector<std::string> files = TRY(tracked_files(place));
  std::vector<std::string> meant;
  for (const TrackEdit::Pattern& pattern : edit.patterns) {
    const std::vector<std::string> found = matching(files, pattern.written, fold_case);
    if (pattern.is_new) {
      if (context.verbose()) {
        context.print("Searching for files matching pattern: " + pattern.argument + "\n");
        context.print("Found " + std::to_string(found.size()) +
                      " files previously added to Git matching pattern: " + pattern.argument + "\n");
      }
      bool forbidden = false;
      for (const std::string& file : found) {
        const std::string message = forbidden_message(pattern.argument, file);
        if (message.empty()) continue;
        context.print(message + "\n");
        forbidden = true;
      }
      for (const std::string& file : found) {
        if (forbidden) break;
        if (context.verbose() || dry_run) context.print("Touching " + go_quote(file) + "\n");
        if (!dry_run) TRY(touch(place.folder() + file));
        meant.push_back(file);
      }
    }
    if (dry_run || (arguments.has("--lockable") && keeps_lockable_writable(place))) continue;
    for (const std::string& file : found) TRY(set_writable(place.folder() + file, !arguments.has("--lockable")));
  }
  return meant;
}

Result<int> run_track(Context& context, const Arguments& arguments) {
  const std::vector<std::string>& patterns = arguments.positional();
  const bool json = arguments.has("--json") || context.json();
  if (json && !patterns.empty()) return fail(ErrorKind::usage, "--json option can't be combined with arguments");
  if (arguments.has("--lockable") && arguments.has("--not-lockable"))
    return fail(ErrorKind::usage, "--lockable and --not-lockable exclude each other");

  const Place place = TRY(find_place(context));
  if (arguments.has("--merge-union")) TRY(add_union_line(context, place, arguments.has("--dry-run")));
  if (patterns.empty() && arguments.has("--merge-union")) return 0;
  const std::vector<TrackedPattern> known = tracked_patterns(TRY(pattern_files(place)));
  if (patterns.empty()) {
    context.print(json ? tracked_patterns_json(known) : tracked_patterns_text(known, !arguments.has("--no-excluded")));
    return 0;
  }

  TrackOptions options;
  options.filename = arguments.has("--filename");
  options.lockable = arguments.has("--lockable");
  options.not_lockable = arguments.has("--not-lockable");
  options.no_modify_attrs = arguments.has("--no-modify-attrs");
  if (!options.no_modify_attrs) TRY(refuse_link(place.attributes_path()));
  std::string bytes = TRY(read_attributes_if_any(place.attributes_path())).value_or(std::string());
  const TrackEdit edit =
      TRY(edit_to_track(std::move(bytes), patterns, place.prefix, known, options, line_ending_when_new(place)));
  for (const std::string& message : edit.messages) context.print(message + "\n");
  for (const TrackEdit::Pattern& pattern : edit.patterns)
    if (const std::string advice = pattern_advice(pattern.written); !advice.empty()) context.warn(advice);

  const bool dry_run = arguments.has("--dry-run");
  if (edit.changed && !dry_run) TRY(replace_file_durably(place.attributes_path(), edit.bytes));
  const std::vector<std::string> meant = TRY(treat_files(context, place, arguments, edit));
  if (!dry_run && !options.no_modify_attrs) TRY(warn_of_uncovered(context, place, meant));
  return 0;
}

Result<int> run_untrack(Context& context, const Arguments& arguments) {
  const Place place = TRY(find_place(context));
  if (arguments.positional().empty()) {
    if (!context.command_name().starts_with("lfs")) return fail(ErrorKind::usage, "an argument is missing", "PATTERN...", "lfsguard track lists them");
    context.print("git lfs untrack <path> [path]*\n");
    return 0;
  }
  auto bytes = TRY(read_attributes_if_any(place.attributes_path()));
  if (!bytes) return 0;
  const UntrackEdit edit = edit_to_untrack(std::move(*bytes), arguments.positional());
  if (edit.changed) TRY(replace_file_durably(place.attributes_path(), edit.bytes));
  for (const std::string& message : edit.messages) context.print(message + "\n");
  return 0;
}

constexpr Option kTrackOptions[] = {
    {"--filename", "", "the arguments are file names: escape what patterns give a meaning"},
    {"--lockable", "", "the files are read-only unless locked", 'l'},
    {"--not-lockable", "", "take `lockable` out of the pattern's line"},
    {"--no-modify-attrs", "", "touch the matching files only"},
    {"--no-excluded", "", "list tracked patterns only"},
    {"--dry-run", "", "say what would be done", 'd'},
    {"--json", "", "list as JSON, as git-lfs does"},
    {"--merge-union", "", "add the line that keeps patterns added by two branches from being a conflict"},
};

}  // namespace

extern constinit const Command kTrackCommand{
    .name = "track",
    .summary = "put files that match a pattern into LFS; with no pattern, list",
    .arguments = "[PATTERN...]",
    .options = kTrackOptions,
    .details =
        "The pattern goes into the .gitattributes of the current directory. Tracked files that it covers are touched, "
        "so that the next "
        "`git add` makes pointers of them. Versions in history stay as they are: `lfsguard rewrite` moves those.",
    .formats = "text|json",
    .run = run_track,
};

extern constinit const Command kUntrackCommand{
    .name = "untrack",
    .summary = "take patterns out of .gitattributes",
    .arguments = "PATTERN...",
    .details =
        "Lines of the current directory's .gitattributes that have `filter=lfs` and this pattern are removed. The "
        "files stay as they are.",
    .run = run_untrack,
};

}  // namespace lfsguard::cli
