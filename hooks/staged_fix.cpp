#include "hooks/staged_fix.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/byte_size.h"
#include "base/durable_file.h"
#include "base/subprocess.h"
#include "git/attributes/attributes_editor.h"
#include "git/attributes/coverage_edit.h"
#include "git/attributes/ignore_pattern.h"
#include "git/attributes/pattern_writer.h"
#include "git/objects/object_reader.h"
#include "git/process/git_command.h"
#include "hooks/hook.h"
#include "git/process/index_file.h"
#include "lfs/store/clean.h"
#include "report/scan_report.h"
#include "report/terminal.h"
#include "scanner/blob_facts.h"
#include "scanner/outer_attributes.h"

namespace lfsguard::hooks {
namespace {

using config::Rule;

// One staged file that gets a pointer, a pattern, or both.
struct Mend {
  git::StagedEntry entry;
  uint64_t size = 0;
  bool needs_pointer = false;
  bool needs_pattern = false;
  bool from_file = false;   // the object is made of the file's bytes
  std::string pointer;      // text for git
  ObjectId pointer_oid;     // of that text as a blob
};

class Fixer {
 public:
  Fixer(const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const std::string& program, const WriteBlob& write_blob)
      : layout_(layout), settings_(settings), program_(program), write_blob_(write_blob), indexes_(git::IndexFile::at_hand(layout)) {}

  Result<int> run(const scanner::StagedScan& scan) {
    choose(scan);
    if (!mends_.empty()) {
      store_ = TRY(lfs::ObjectStore::of_repository(layout_));
      TRY(make_objects());
      const attributes::AttributeBase base = TRY(scanner::attributes_of_work_tree(layout_, settings_.git_config));
      std::vector<attributes::CoverageRequest> requests = TRY(coverage_requests());
      // Each index is planned before anything is written: a path that cannot be covered leaves all as it was.
      std::vector<attributes::CoverageEdit> edits;
      for (const git::IndexFile& index : indexes_) {
        edits.push_back(TRY(plan(base, requests, index)));
        drop_refused(edits.back(), requests);
      }
      TRY(write_pointers());
      TRY(edit_work_tree(base, requests));
      for (size_t i = 0; i < indexes_.size(); ++i) TRY(edit_index(indexes_[i], edits[i]));
      for (const git::IndexFile& index : indexes_) index.refresh(program_, "");
      TRY(check_coverage());
      tell(edits.front());
    }
    show_rest(scan);
    return left_ ? 1 : 0;
  }

 private:
  void choose(const scanner::StagedScan& scan) {
    std::map<std::string, Mend> by_path;
    for (const scanner::Finding& finding : scan.result.findings) {
      const bool pattern_only = finding.rule == Rule::uncovered_pointer;
      if (finding.severity != config::Severity::error && !pattern_only) continue;
      const auto entry = std::find_if(scan.entries.begin(), scan.entries.end(), [&](const auto& staged) { return staged.path == finding.path; });
      const bool pointer_rule = finding.rule == Rule::oversize || finding.rule == Rule::raw_in_lfs || finding.rule == Rule::binary ||
                                finding.rule == Rule::bad_pointer;
      if (entry == scan.entries.end() || entry->is_symlink() || (!pointer_rule && !pattern_only)) continue;
      Mend& mend = by_path[finding.path];
      mend.entry = *entry;
      mend.size = std::max(mend.size, finding.size);
      mend.needs_pointer |= pointer_rule;
      mend.needs_pattern |= finding.rule != Rule::raw_in_lfs && finding.rule != Rule::bad_pointer;
      mended_.insert({finding.rule, finding.path});
    }
    for (auto& [path, mend] : by_path) mends_.push_back(std::move(mend));
  }

  // Objects for everything that gets a pointer: of the file where it equals the index, else of the staged blob.
  Status make_objects() {
    std::vector<std::string> paths;
    for (const Mend& mend : mends_)
      if (mend.needs_pointer) paths.push_back(mend.entry.path);
    const std::vector<std::string> listed = TRY(indexes_.front().changed_in_work_tree(paths));
    const std::set<std::string> changed(listed.begin(), listed.end());
    for (Mend& mend : mends_) {
      if (!mend.needs_pointer) continue;
      struct stat info {};
      const std::string file = layout_.work_tree + "/" + mend.entry.path;
      mend.from_file = !changed.contains(mend.entry.path) && ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode);
      mend.pointer = mend.from_file ? TRY(clean_file(file)) : TRY(clean_blob(mend.entry.blob_oid));
    }
    return {};
  }

  Result<std::string> clean_file(const std::string& path) {
    const FileDescriptor fd = TRY(open_file(path, O_RDONLY));
    return TRY(lfs::clean_fd(store_, fd.get(), path)).output;
  }

  // The blob comes through git in a pipe: of any size, in constant memory.
  Result<std::string> clean_blob(const ObjectId& oid) {
    Subprocess child = TRY(Subprocess::start(git::git_command({"cat-file", "blob", oid.hex()}, layout_.work_tree), {.input = true, .output = true, .error = false}));
    child.input().reset();
    auto cleaned = lfs::clean(store_, lfs::source_of(child.output().get(), "blob " + oid.hex()));
    if (!cleaned) return fail(std::move(cleaned).error());
    if (child.wait() != 0) return fail(ErrorKind::corrupt, "git could not read a staged blob", oid.hex(), "run 'git fsck'");
    return std::move(cleaned->output);
  }

  // A glob for the extension where that names no file that is to stay plain, else the path.
  Result<std::vector<attributes::CoverageRequest>> coverage_requests() {
    std::map<std::string, std::string> glob_of;  // extension -> glob, empty: paths
    std::vector<attributes::CoverageRequest> requests;
    for (const Mend& mend : mends_) {
      if (!mend.needs_pattern) continue;
      const std::string& path = mend.entry.path;
      const size_t name = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
      const size_t dot = path.rfind('.');
      std::string glob;
      if (dot != std::string::npos && dot > name && dot + 1 < path.size()) {
        const std::string extension = path.substr(dot);
        const auto [slot, fresh] = glob_of.try_emplace(extension);
        if (fresh && TRY(only_large_files_end_with(extension))) slot->second = attributes::extension_pattern(extension);
        glob = slot->second;
      }
      requests.push_back({path, glob});
    }
    return requests;
  }

  Result<bool> only_large_files_end_with(const std::string& extension) {
    for (const char c : extension)
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '+')) return false;
    std::set<std::string> ours;
    for (const Mend& mend : mends_) ours.insert(mend.entry.path);
    std::vector<std::string> others;
    for (const git::IndexEntry& entry : TRY(indexes_.front().entries({":(glob)**/*" + extension})))
      if (!ours.contains(entry.path) && (entry.mode & 0170000) == 0100000) others.push_back(entry.path);
    const std::vector<bool> covered = TRY(indexes_.front().covered(others));
    return std::all_of(covered.begin(), covered.end(), [](bool is) { return is; });
  }

  attributes::AttributesPlace place_of(std::function<Result<std::optional<std::string>>(std::string_view)> read, attributes::ReadFrom from,
                                       const git::IndexFile& index) const {
    attributes::AttributesPlace place;
    place.read = std::move(read);
    place.read_from = from;
    place.unwritable = [](std::string_view) { return std::string(); };
    place.matches_plain_neighbour = [this, &index](std::string_view pattern) {
      std::set<std::string> ours;
      for (const Mend& mend : mends_) ours.insert(mend.entry.path);
      const attributes::IgnorePattern matcher(std::string(pattern), false, attributes::Reach::files_only);
      const auto entries = index.entries({});
      if (!entries) return true;
      return std::any_of(entries->begin(), entries->end(), [&](const git::IndexEntry& entry) { return !ours.contains(entry.path) && matcher.matches(entry.path); });
    };
    return place;
  }

  Result<attributes::CoverageEdit> plan(const attributes::AttributeBase& base, const std::vector<attributes::CoverageRequest>& requests, const git::IndexFile& index) {
    const auto database = TRY(git::ObjectDatabase::open(layout_.object_dir));
    git::ObjectReader reader(*database);
    std::set<std::string> links;
    attributes::AttributesPlace place = place_of(
        [&](std::string_view directory) -> Result<std::optional<std::string>> {
          const auto entry = TRY(index.entry(std::string(directory) + ".gitattributes"));
          if (!entry) return std::optional<std::string>();
          if ((entry->mode & 0170000) == 0120000) links.insert(std::string(directory));
          return std::optional(std::string(TRY(reader.read(entry->oid)).view()));
        },
        attributes::ReadFrom::blob, index);
    place.unwritable = [&](std::string_view directory) { return links.contains(std::string(directory)) ? std::string("it is a symbolic link") : std::string(); };
    return attributes::edit_to_cover(base, requests, place);
  }

  // Paths that cannot be covered are not touched, and stop the commit.
  void drop_refused(const attributes::CoverageEdit& edit, std::vector<attributes::CoverageRequest>& requests) {
    for (const attributes::CoverageEdit::Refusal& refusal : edit.refusals) {
      say(report::printable(refusal.path) + ": " + to_line(refusal.error));
      left_ = true;
      std::erase_if(mends_, [&](const Mend& mend) { return mend.entry.path == refusal.path; });
      std::erase_if(requests, [&](const auto& request) { return request.path == refusal.path; });
    }
  }

  Status write_pointers() {
    for (Mend& mend : mends_)
      if (mend.needs_pointer) mend.pointer_oid = TRY(write_blob_(mend.pointer));
    return {};
  }

  Status edit_work_tree(const attributes::AttributeBase& base, const std::vector<attributes::CoverageRequest>& requests) {
    if (requests.empty()) return {};
    const auto file_of = [&](std::string_view directory) { return layout_.work_tree + "/" + std::string(directory) + ".gitattributes"; };
    attributes::AttributesPlace place = place_of(
        [&](std::string_view directory) -> Result<std::optional<std::string>> {
          struct stat info {};
          if (::lstat(file_of(directory).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::optional<std::string>();
          return std::optional(TRY(read_file(file_of(directory))));
        },
        attributes::ReadFrom::file, indexes_.front());
    place.unwritable = [&](std::string_view directory) {
      struct stat info {};
      const bool link = ::lstat(file_of(directory).c_str(), &info) == 0 && !S_ISREG(info.st_mode);
      return link ? std::string("it is no regular file in the work tree") : std::string();
    };
    const attributes::CoverageEdit edit = TRY(attributes::edit_to_cover(base, requests, place));
    for (const auto& [directory, bytes] : edit.files) {
      const std::string path = file_of(directory);
      // A tracked file that the user deleted, or that a sparse checkout leaves out, is not brought back.
      if (::access(path.c_str(), F_OK) != 0 && TRY(indexes_.front().entry(directory + ".gitattributes"))) continue;
      TRY(replace_file_durably(path, bytes));
    }
    for (const attributes::CoverageEdit::Refusal& refusal : edit.refusals)
      say("warning: the work tree's attributes do not cover " + report::printable(refusal.path) + ": " + to_line(refusal.error));
    return {};
  }

  Status edit_index(const git::IndexFile& index, const attributes::CoverageEdit& edit) {
    std::vector<git::IndexEntry> entries;
    for (const auto& [directory, bytes] : edit.files) {
      const std::string path = directory + ".gitattributes";
      git::IndexEntry entry = TRY(index.entry(path)).value_or(git::IndexEntry{0100644, {}, path, 'H'});
      entry.oid = TRY(write_blob_(bytes));
      entries.push_back(std::move(entry));
    }
    for (const Mend& mend : mends_) {
      if (!mend.needs_pointer) continue;
      const auto known = TRY(index.entry(mend.entry.path));
      // The other index of `git commit PATH` may hold something else at that path: only the same blob is replaced.
      if (!known || known->oid != mend.entry.blob_oid) continue;
      entries.push_back({known->mode, mend.pointer_oid, known->path, known->tag});
    }
    if (entries.empty()) return {};
    return index.put(entries);
  }

  Status check_coverage() {
    std::vector<std::string> paths;
    for (const Mend& mend : mends_) paths.push_back(mend.entry.path);
    const std::vector<bool> covered = TRY(indexes_.front().covered(paths));
    for (size_t i = 0; i < paths.size(); ++i) {
      if (covered[i]) continue;
      say("the attributes still do not cover " + report::printable(paths[i]) + "; a line in info/attributes or core.attributesFile may stand in the way");
      left_ = true;
    }
    return {};
  }

  void tell(const attributes::CoverageEdit& edit) const {
    for (const Mend& mend : mends_) {
      if (!mend.needs_pointer) continue;
      std::string line = report::printable(mend.entry.path) + " (" + format_byte_size(mend.size) + ") is now an LFS pointer";
      if (!mend.from_file) line += ", made of what is staged; the file in the work tree has other changes and stays as it is";
      say(line);
    }
    for (const attributes::CoverageEdit::Line& line : edit.lines)
      say("added to " + report::printable(line.directory) + ".gitattributes: " + report::printable(line.text));
  }

  void show_rest(const scanner::StagedScan& scan) {
    scanner::ScanResult rest;
    rest.source = scan.result.source;
    rest.ref_groups = scan.result.ref_groups;
    for (const scanner::Finding& finding : scan.result.findings)
      if (!mended_.contains({finding.rule, finding.path})) rest.findings.push_back(finding);
    if (rest.findings.empty()) return;
    report::ScanReportOptions options;
    options.scanned_line = false;
    say_text(report::scan_text(rest, options));
    if (rest.errors() > 0) left_ = true;
  }

  const git::RepositoryLayout& layout_;
  const config::LoadedPolicy& settings_;
  const std::string program_;
  const WriteBlob& write_blob_;
  std::vector<git::IndexFile> indexes_;
  lfs::ObjectStore store_ = lfs::ObjectStore::at(layout_);
  std::vector<Mend> mends_;
  std::set<std::pair<Rule, std::string>> mended_;
  bool left_ = false;  // something must still not be committed
};

}  // namespace

Result<int> fix_staged(const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const scanner::StagedScan& scan,
                       const std::string& program, const WriteBlob& write_blob) {
  return Fixer(layout, settings, program, write_blob).run(scan);
}

}  // namespace lfsguard::hooks
