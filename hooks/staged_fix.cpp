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
#include "scanner/control_file.h"
#include "scanner/entry_judge.h"
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
  bool bad_pointer = false;  // the staged blob is a pointer, only not in canonical form
  bool from_file = false;   // the object is made of the file's bytes
  std::string pointer;      // text for git
  ObjectId pointer_oid;     // of that text as a blob
};

class Fixer {
 public:
  Fixer(const git::RepositoryLayout& layout, const config::LoadedPolicy& settings, const std::string& program, const WriteBlob& write_blob)
      : layout_(layout), settings_(settings), program_(program), write_blob_(write_blob) {}

  Result<int> run(const scanner::StagedScan& scan) {
    choose(scan);
    if (!mends_.empty()) {
      for (git::IndexFile& file : git::IndexFile::at_hand(layout_)) {
        indexes_.push_back({std::move(file), {}});
        for (git::IndexEntry& entry : TRY(indexes_.back().file.entries({}))) indexes_.back().entries.emplace(entry.path, std::move(entry));
      }
      store_ = TRY(lfs::ObjectStore::of_repository(layout_));
      TRY(make_objects());
      const attributes::AttributeBase base = TRY(scanner::attributes_of_work_tree(layout_, settings_.git_config));
      std::vector<attributes::CoverageRequest> requests = TRY(coverage_requests());
      // Each index is planned before anything is written: a path that cannot be covered leaves all as it was.
      // What is refused may have left lines in the plan, so the plan is made again without it.
      std::vector<attributes::CoverageEdit> edits;
      for (bool refused = true; refused;) {
        edits.clear();
        refused = false;
        for (const Index& index : indexes_) {
          edits.push_back(TRY(plan(base, requests, index)));
          TRY(take_encoding_away(edits.back(), requests, index));
          refused |= !edits.back().refusals.empty();
          drop_refused(edits.back(), requests);
        }
      }
      TRY(write_pointers());
      TRY(edit_work_tree(base, requests));
      for (size_t i = 0; i < indexes_.size(); ++i) TRY(edit_index(indexes_[i], edits[i]));
      TRY(refresh());
      TRY(check_coverage());
      tell(edits.front());
    }
    show_rest(scan);
    return left_ ? 1 : 0;
  }

 private:
  // An index at hand and what it said before anything was written.
  struct Index {
    git::IndexFile file;
    std::map<std::string, git::IndexEntry> entries;  // by path
    const git::IndexEntry* find(const std::string& path) const {
      const auto at = entries.find(path);
      return at == entries.end() ? nullptr : &at->second;
    }
  };

  void choose(const scanner::StagedScan& scan) {
    std::map<std::string_view, const git::StagedEntry*> staged;
    for (const git::StagedEntry& entry : scan.entries) staged.emplace(entry.path, &entry);
    std::map<std::string, Mend> by_path;
    for (const scanner::Finding& finding : scan.result.findings) {
      const bool pattern_only = finding.rule == Rule::uncovered_pointer;
      if (finding.severity != config::Severity::error && !pattern_only) continue;
      const auto at = staged.find(finding.path);
      const git::StagedEntry* entry = at == staged.end() ? nullptr : at->second;
      const bool pointer_rule = finding.rule == Rule::oversize || finding.rule == Rule::raw_in_lfs || finding.rule == Rule::binary ||
                                finding.rule == Rule::bad_pointer;
      if (!entry || entry->is_symlink() || scanner::is_control_file(finding.path) || (!pointer_rule && !pattern_only)) continue;
      Mend& mend = by_path[finding.path];
      mend.entry = *entry;
      mend.size = std::max(mend.size, finding.size);
      mend.needs_pointer |= pointer_rule;
      mend.bad_pointer |= finding.rule == Rule::bad_pointer;
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
    const std::vector<std::string> listed = TRY(indexes_.front().file.changed_in_work_tree(paths));
    const std::set<std::string> changed(listed.begin(), listed.end());
    for (Mend& mend : mends_) {
      if (!mend.needs_pointer) continue;
      if (mend.bad_pointer) {
        if (auto pointer = TRY(canonical_pointer(mend.entry.blob_oid)))
          mend.pointer = std::move(*pointer);
        else
          mended_.erase({Rule::bad_pointer, mend.entry.path});  // told with what is left, and stops the commit
        continue;
      }
      struct stat info {};
      const std::string file = layout_.work_tree + "/" + mend.entry.path;
      // git does not look at the files of entries that are marked assume-unchanged or skip-worktree.
      const git::IndexEntry* entry = indexes_.front().find(mend.entry.path);
      mend.from_file = entry && entry->tag == 'H' && ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
                       (!changed.contains(mend.entry.path) || (static_cast<uint64_t>(info.st_size) == mend.size && TRY(holds_the_same_bytes(mend))));
      mend.pointer = mend.from_file ? TRY(clean_file(file)) : TRY(clean_blob(mend.entry.blob_oid));
    }
    std::erase_if(mends_, [](const Mend& mend) { return mend.needs_pointer && mend.pointer.empty(); });
    return {};
  }

  // A file that was staged raw at a covered path counts as changed, because git compares what the filter makes of it.
  Result<bool> holds_the_same_bytes(const Mend& mend) const {
    const auto oid = TRY(git::git_line(git::git_command({"hash-object", "--no-filters", "--", mend.entry.path}, layout_.work_tree)));
    return oid == mend.entry.blob_oid.hex();
  }

  // The same pointer in canonical form; nullopt for what is so far off that no client reads it.
  Result<std::optional<std::string>> canonical_pointer(const ObjectId& oid) {
    const auto database = TRY(git::ObjectDatabase::open(layout_.object_dir));
    git::ObjectReader reader(*database);
    const git::Object blob = TRY(reader.read(oid));
    const lfs::ParsedPointer parsed = lfs::parse_pointer(blob.view());
    if (!parsed.is_pointer()) return std::optional<std::string>();
    return std::optional(lfs::format_pointer(parsed.pointer));
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
    // What `git commit PATH` leaves staged for later counts, too.
    for (const Index& index : indexes_) {
      std::vector<std::string> others;
      // An empty file stays an empty file under LFS, too.
      for (const auto& [path, entry] : index.entries)
        if (path.ends_with(extension) && !ours.contains(path) && (entry.mode & 0170000) == 0100000 && entry.oid != scanner::empty_blob())
          others.push_back(path);
      const std::vector<bool> covered = TRY(index.file.covered(others));
      if (std::find(covered.begin(), covered.end(), false) != covered.end()) return false;
    }
    return true;
  }

  attributes::AttributesPlace place_of(std::function<Result<std::optional<std::string>>(std::string_view)> read, attributes::ReadFrom from,
                                       const Index& index) const {
    attributes::AttributesPlace place;
    place.read = std::move(read);
    place.read_from = from;
    place.unwritable = [](std::string_view) { return std::string(); };
    place.matches_plain_neighbour = [this, &index](std::string_view pattern) {
      std::set<std::string> ours;
      for (const Mend& mend : mends_) ours.insert(mend.entry.path);
      const attributes::IgnorePattern matcher(std::string(pattern), false, attributes::Reach::files_only);
      return std::any_of(index.entries.begin(), index.entries.end(),
                         [&](const auto& entry) { return !ours.contains(entry.first) && matcher.matches(entry.first); });
    };
    return place;
  }

  Result<attributes::CoverageEdit> plan(const attributes::AttributeBase& base, const std::vector<attributes::CoverageRequest>& requests, const Index& index) {
    const auto database = TRY(git::ObjectDatabase::open(layout_.object_dir));
    git::ObjectReader reader(*database);
    std::set<std::string> links;
    attributes::AttributesPlace place = place_of(
        [&](std::string_view directory) -> Result<std::optional<std::string>> {
          const git::IndexEntry* entry = index.find(std::string(directory) + ".gitattributes");
          if (!entry) return std::optional<std::string>();
          if ((entry->mode & 0170000) == 0120000) links.insert(std::string(directory));
          return std::optional(std::string(TRY(reader.read(entry->oid)).view()));
        },
        attributes::ReadFrom::blob, index);
    place.unwritable = [&](std::string_view directory) { return links.contains(std::string(directory)) ? std::string("it is a symbolic link") : std::string(); };
    return attributes::edit_to_cover(base, requests, place);
  }

  // A working-tree-encoding would have git read the pointer as text in that encoding: the path's line takes it away.
  Status take_encoding_away(attributes::CoverageEdit& edit, const std::vector<attributes::CoverageRequest>& requests, const Index& index) {
    std::vector<std::string> paths;
    for (const attributes::CoverageRequest& request : requests) paths.push_back(request.path);
    const std::vector<bool> encoded = TRY(index.file.have_attribute("working-tree-encoding", paths));
    for (size_t i = 0; i < paths.size(); ++i) {
      const auto root = edit.files.find("");
      if (!encoded[i] || root == edit.files.end()) continue;
      attributes::AttributesEditor editor(root->second);
      const std::string line = attributes::exact_pattern(paths[i]) + " -working-tree-encoding";
      if (!TRY(editor.add_line(line))) continue;
      root->second = editor.bytes();
      edit.lines.push_back({"", line});
    }
    return {};
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
    attributes::CoverageEdit edit = TRY(attributes::edit_to_cover(base, requests, place));
    TRY(take_encoding_away(edit, requests, indexes_.front()));
    for (const auto& [directory, bytes] : edit.files) {
      const std::string path = file_of(directory);
      // A tracked file that the user deleted, or that a sparse checkout leaves out, is not brought back.
      if (::access(path.c_str(), F_OK) != 0 && indexes_.front().find(directory + ".gitattributes")) continue;
      TRY(replace_file_durably(path, bytes));
    }
    for (const attributes::CoverageEdit::Refusal& refusal : edit.refusals)
      say("warning: the work tree's attributes do not cover " + report::printable(refusal.path) + ": " + to_line(refusal.error));
    return {};
  }

  Status edit_index(const Index& index, const attributes::CoverageEdit& edit) {
    std::vector<git::IndexEntry> entries;
    for (const auto& [directory, bytes] : edit.files) {
      const std::string path = directory + ".gitattributes";
      const git::IndexEntry* known = index.find(path);
      git::IndexEntry entry = known ? *known : git::IndexEntry{0100644, {}, path, 'H'};
      entry.oid = TRY(write_blob_(bytes));
      entries.push_back(std::move(entry));
    }
    for (const Mend& mend : mends_) {
      if (!mend.needs_pointer) continue;
      const git::IndexEntry* known = index.find(mend.entry.path);
      // The other index of `git commit PATH` may hold something else at that path: only the same blob is replaced.
      if (!known || known->oid != mend.entry.blob_oid) continue;
      entries.push_back({known->mode, mend.pointer_oid, known->path, known->tag});
    }
    if (entries.empty()) return {};
    return index.file.put(entries);
  }

  // The entries' stat data, so that git does not take the files for changed. What was hashed a moment ago is not hashed again.
  Status refresh() {
    TRY(make_directories(layout_.private_dir()));
    TemporaryFile known = TRY(TemporaryFile::create(layout_.private_dir(), "known-"));
    std::string map;
    for (const Mend& mend : mends_)
      if (mend.from_file) map.append(mend.entry.path).append(1, '\0').append(mend.pointer).append(1, '\0');
    TRY(write_all(known.fd(), map, known.path()));
    for (const Index& index : indexes_) index.file.refresh(program_, known.path());
    return {};
  }

  Status check_coverage() {
    std::vector<std::string> paths;
    for (const Mend& mend : mends_) paths.push_back(mend.entry.path);
    const std::vector<bool> covered = TRY(indexes_.front().file.covered(paths));
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
      if (mend.bad_pointer)
        line = report::printable(mend.entry.path) + " is now an LFS pointer in canonical form";
      else if (!mend.from_file)
        line += ", made of what is staged; the file in the work tree has other changes and stays as it is";
      say(line);
    }
    for (const attributes::CoverageEdit::Line& line : edit.lines)
      say("added to " + report::printable(line.directory) + ".gitattributes: " + report::printable(line.text));
    // As where another program calls the hook: git takes each of these files for modified once it looks at them, and a checkout gives the pointer.
    if (settings_.git_config.get("filter.lfs.clean") || settings_.git_config.get("filter.lfs.process")) return;
    say("git has no LFS filters here, so checkouts give pointers");
    say_text("hint: lfsguard install\n");
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
    options.run_from = git::top_to_go_to(layout_);
    say_text(report::scan_text(rest, options));
    if (rest.errors() > 0) left_ = true;
  }

  const git::RepositoryLayout& layout_;
  const config::LoadedPolicy& settings_;
  const std::string program_;
  const WriteBlob& write_blob_;
  std::vector<Index> indexes_;  // the one that becomes the commit first
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
