#include "rewrite/attributes_plan.h"

#include <algorithm>

#include "git/attributes/attributes_editor.h"
#include "git/attributes/coverage_edit.h"
#include "git/attributes/ignore_pattern.h"
#include "git/attributes/pattern_writer.h"
#include "git/objects/tree.h"
#include "scanner/control_file.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kShortPath = 400;  // bytes: a line for it is shorter than git's limit, whatever is escaped
constexpr size_t kManyFiles = 50;  // of one extension in one tree: from here on one line for all is worth a look at the whole tree

std::string extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return {};
  const std::string_view extension = name.substr(dot);
  for (const char c : extension)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '+')) return {};
  return scanner::is_control_file(extension) ? std::string() : std::string(extension);  // a glob of it would cover that file
}

std::shared_ptr<const attributes::AttributeFile> parsed(const std::string& bytes) {
  return attributes::AttributeFile::parse(bytes, attributes::ReadFrom::blob);
}

}  // namespace

// What holds for a path in every tree is found once.
void AttributesPlan::look_at_paths() {
  if (!extension_of_.empty() || trie_.paths().empty()) return;
  // Globs that the selection itself names: what they match is converted in every tree.
  std::vector<std::pair<attributes::IgnorePattern, std::string>> selected;
  const bool negated = std::any_of(options_.include.begin(), options_.include.end(), [](const std::string& pattern) { return pattern.starts_with('!'); });
  const bool by_name = !options_.above && options_.exclude.empty() && !negated && !options_.fixup;
  const bool all = by_name && std::find(options_.include.begin(), options_.include.end(), "*") != options_.include.end();
  if (by_name)
    for (const std::string& pattern : options_.include)
      if (pattern.starts_with("*.") && !extension_of("x" + pattern.substr(1)).empty() && pattern.substr(1) == extension_of("x" + pattern.substr(1)))
        selected.emplace_back(attributes::IgnorePattern(pattern), pattern);
  std::map<std::string, uint32_t> numbers = {{"", 0}};
  extensions_.emplace_back();
  glob_lines_.emplace_back();
  for (const std::string& path : trie_.paths()) {
    const std::string extension = extension_of(path);
    const auto [number, fresh] = numbers.emplace(extension, static_cast<uint32_t>(extensions_.size()));
    if (fresh) {
      extensions_.push_back(extension);
      glob_lines_.push_back(attributes::lfs_line(attributes::extension_pattern(extension)));
    }
    extension_of_.push_back(number->second);
    selected_pattern_.push_back(all && !extension.empty() ? attributes::extension_pattern(extension) : std::string());
    for (const auto& [matcher, pattern] : selected)
      if (path.ends_with(pattern.substr(1)) && matcher.matches(path)) selected_pattern_.back() = pattern;  // not what a folder of that name holds
    // A pattern for a name with spaces may match others, and one for control characters is quoted: those are looked at tree by tree.
    const bool plain = std::none_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
    own_lines_.push_back(plain ? attributes::lfs_line(selected_pattern_.back().empty() ? attributes::exact_pattern(path) : selected_pattern_.back()) : std::string());
  }
}

const std::string& AttributesPlan::line(uint32_t path, const std::set<uint32_t>& globs) const {
  const uint32_t extension = extension_of_[path];
  return selected_pattern_[path].empty() && globs.contains(extension) ? glob_lines_[extension] : own_lines_[path];
}

Result<uint32_t> AttributesPlan::edit_for(const ObjectId& root_tree, const RootFacts& facts) {
  if (facts.files == 0) return 0u;
  look_at_paths();
  const bool back = options_.direction == Direction::to_files;
  std::set<uint32_t> globs;
  if (!back) globs = TRY(whole_extensions(root_tree, survey_.file_sets()[facts.files]));
  const std::tuple key(facts.files, facts.attributes, globs);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  const bool root_lines = !back && TRY(root_lines_do(facts));
  Edit edit;
  bool changes = false;
  if (root_lines) {
    edit.from_lines = changes = TRY(needs_a_line(facts));
    edit.facts = facts;
    edit.globs = std::move(globs);
  } else {
    edit = back ? TRY(uncover(survey_.file_sets()[facts.files].list(), survey_.attribute_lists()[facts.attributes])) : TRY(cover(root_tree, facts, std::move(globs)));
    changes = !edit.files.empty();
    for (const auto& [directory, bytes] : edit.files) edit.nested |= !directory.empty();
  }
  uint32_t index = 0;
  if (changes) {
    index = static_cast<uint32_t>(edits_.size());
    edits_.push_back(std::move(edit));
  }
  // The look for neighbours of names with spaces holds for that tree alone.
  bool spaces = false;
  if (!root_lines) survey_.file_sets()[facts.files].for_each([&](uint32_t path) { spaces |= trie_.paths()[path].find(' ') != std::string::npos; });
  if (!spaces) known_.emplace(key, index);
  return index;
}

Result<std::set<uint32_t>> AttributesPlan::whole_extensions(const ObjectId& root_tree, const PathSet& files) {
  std::vector<size_t> counts(extensions_.size());
  files.for_each([&](uint32_t path) { ++counts[extension_of_[path]]; });
  std::set<uint32_t> whole;
  for (uint32_t extension = 1; extension < counts.size(); ++extension)
    if (counts[extension] >= kManyFiles && TRY(count_extension(root_tree, extensions_[extension])) == counts[extension]) whole.insert(extension);
  return whole;
}

Result<bool> AttributesPlan::root_lines_do(const RootFacts& facts) {
  if (options_.attributes != AttributesPlacement::root) return false;
  const auto& attribute_files = survey_.attribute_lists()[facts.attributes];
  for (const AttributesFileAt& file : attribute_files)
    if (!file.directory.empty() || !is_regular(file.mode)) return false;
  if (attribute_files.size() > 1) return false;
  auto [slot, fresh] = originals_.try_emplace(facts.attributes);
  Original& original = slot->second;
  if (fresh) {
    if (!attribute_files.empty()) original.bytes = std::string(TRY(reader_.read(attribute_files[0].oid)).view());
    original.line_ending = attributes::line_ending_of(original.bytes);
    if (original.line_ending.empty()) original.line_ending = "\n";
    original.covered.assign(trie_.paths().size(), -1);
  }
  bool plain = true;
  survey_.file_sets()[facts.files].for_each([&](uint32_t path) {
    plain = plain && !own_lines_[path].empty() && (trie_.paths()[path].size() < kShortPath || attributes::check_line_length(own_lines_[path], original.line_ending));
  });
  return plain;
}

Result<bool> AttributesPlan::needs_a_line(const RootFacts& facts) {
  Original& original = originals_[facts.attributes];
  std::optional<attributes::AttributeStack> root;
  bool needed = false;
  survey_.file_sets()[facts.files].for_each([&](uint32_t path) {
    int8_t& covered = original.covered[path];
    if (covered < 0 && original.bytes.empty()) covered = 0;
    if (covered < 0) {
      if (!root) root = attributes::AttributeBase().root(parsed(original.bytes));
      attributes::AttributeStack stack = *root;
      std::string_view rest = trie_.paths()[path];
      for (size_t slash; (slash = rest.find('/')) != std::string_view::npos; rest.remove_prefix(slash + 1)) stack = stack.enter(rest.substr(0, slash));
      covered = stack.filter(rest).is_lfs();
    }
    needed |= covered == 0;
  });
  return needed;
}

std::optional<std::string> AttributesPlan::content(uint32_t index, const std::string& directory) const {
  const Edit& edit = edits_[index];
  if (!edit.from_lines) {
    const auto found = edit.files.find(directory);
    return found == edit.files.end() ? std::nullopt : std::optional(found->second);
  }
  if (!directory.empty()) return std::nullopt;
  const Original& original = originals_.at(edit.facts.attributes);
  std::string bytes = original.bytes;
  if (!bytes.empty() && bytes.back() != '\n') bytes += original.line_ending;
  std::set<std::string_view> shared;  // lines that stand for several paths
  survey_.file_sets()[edit.facts.files].for_each([&](uint32_t path) {
    if (original.covered[path] != 0) return;
    const std::string& added = line(path, edit.globs);
    const bool own = selected_pattern_[path].empty() && &added == &own_lines_[path];
    if (own || shared.insert(added).second) bytes.append(added).append(original.line_ending);
  });
  return bytes;
}

std::vector<std::string> AttributesPlan::directories(uint32_t index) const {
  std::vector<std::string> directories;
  if (edits_[index].from_lines) directories.emplace_back();
  for (const auto& [directory, bytes] : edits_[index].files) directories.push_back(directory);
  return directories;
}

Result<AttributesPlan::Edit> AttributesPlan::cover(const ObjectId& root_tree, const RootFacts& facts, std::set<uint32_t> globs) {
  const std::vector<uint32_t> files = survey_.file_sets()[facts.files].list();
  const auto& attribute_files = survey_.attribute_lists()[facts.attributes];
  std::vector<attributes::CoverageRequest> requests;
  for (const uint32_t file : files) {
    attributes::CoverageRequest request{trie_.paths()[file], selected_pattern_[file]};
    if (request.pattern.empty() && globs.contains(extension_of_[file])) request.pattern = attributes::extension_pattern(extensions_[extension_of_[file]]);
    requests.push_back(std::move(request));
  }

  attributes::AttributesPlace place;
  place.read = [&](std::string_view directory) -> Result<std::optional<std::string>> {
    for (const AttributesFileAt& file : attribute_files) {
      if (file.directory != directory) continue;
      if ((file.mode & 0170000) == 0120000 && options_.replace_attributes_symlink) return std::optional(TRY(link_target_content(root_tree, file)));
      if ((file.mode & 0170000) == 0160000 || (file.mode & 0170000) == 0040000) return std::optional<std::string>();
      return std::optional(std::string(TRY(reader_.read(file.oid)).view()));
    }
    return std::optional<std::string>();
  };
  place.unwritable = [&](std::string_view directory) -> std::string {
    for (const AttributesFileAt& file : attribute_files) {
      if (file.directory != directory) continue;
      if ((file.mode & 0170000) == 0160000) return "it is a submodule";
      if ((file.mode & 0170000) == 0040000) return "it is a directory (--attributes nested writes below it)";
      if ((file.mode & 0170000) == 0120000 && !options_.replace_attributes_symlink)
        return "it is a symbolic link (--replace-attributes-symlink puts its content there, --attributes nested writes below)";
    }
    return {};
  };
  place.matches_plain_neighbour = [&](std::string_view pattern) {
    const attributes::IgnorePattern matcher(std::string(pattern), false, attributes::Reach::files_only);
    std::set<std::string_view> converted;
    for (const uint32_t file : files) converted.insert(trie_.paths()[file]);
    std::string path;
    const auto found = has_other_match(root_tree, matcher, converted, path);
    return !found || *found;
  };
  place.preferred = options_.attributes == AttributesPlacement::nested ? attributes::AttributesPlace::Preferred::nested
                                                                       : attributes::AttributesPlace::Preferred::root;
  attributes::CoverageEdit covered = TRY(attributes::edit_to_cover(attributes::AttributeBase(), requests, place));
  if (!covered.refusals.empty()) {
    Error error = covered.refusals.front().error;
    return fail(std::move(error).because("cannot make LFS cover a path in the rewritten history", covered.refusals.front().path));
  }
  Edit edit;
  edit.files = std::move(covered.files);
  return edit;
}

Result<AttributesPlan::Edit> AttributesPlan::uncover(const std::vector<uint32_t>& files, const std::vector<AttributesFileAt>& attribute_files) {
  std::map<std::string, std::string> bytes;
  for (const AttributesFileAt& file : attribute_files)
    if ((file.mode & 0170000) == 0100000) bytes[file.directory] = std::string(TRY(reader_.read(file.oid)).view());
  const auto covered = [&](const std::map<std::string, std::string>& state, const std::string& path) {
    const size_t slash = path.rfind('/');
    const auto stack = attributes::stack_for_directory(attributes::AttributeBase(), slash == std::string::npos ? "" : path.substr(0, slash),
                                                       [&](std::string_view directory) -> std::shared_ptr<const attributes::AttributeFile> {
                                                         const auto found = state.find(std::string(directory));
                                                         return found == state.end() ? nullptr : parsed(found->second);
                                                       });
    return stack.filter(path.substr(slash == std::string::npos ? 0 : slash + 1)).is_lfs();
  };
  Edit edit;
  std::map<std::string, std::string> state = bytes;
  for (const uint32_t file : files) {
    const std::string& path = trie_.paths()[file];
    // The root's file first; where a deeper one still says lfs, that one too.
    std::string directory;
    while (covered(state, path)) {
      attributes::AttributesEditor editor(state[directory]);
      TRY(editor.add_line(attributes::lfs_line(attributes::exact_pattern(path.substr(directory.size())), "!text !filter !merge !diff")));
      if (editor.changed()) edit.files[directory] = state[directory] = editor.bytes();
      const size_t slash = path.find('/', directory.size());
      if (slash == std::string::npos) break;
      directory = path.substr(0, slash + 1);
    }
  }
  return edit;
}

Result<bool> AttributesPlan::has_other_match(const ObjectId& tree_oid, const attributes::IgnorePattern& matcher,
                                             const std::set<std::string_view>& converted, std::string& path) {
  const git::Object tree = TRY(reader_.read(tree_oid));
  git::TreeReader entries(tree.view());
  git::TreeEntry entry;
  const size_t length = path.size();
  while (entries.next(entry)) {
    path.append(entry.name);
    if (entry.is_tree()) {
      path.push_back('/');
      if (TRY(has_other_match(entry.id(), matcher, converted, path))) return true;
    } else if (is_regular(entry.mode) && !converted.contains(path) && matcher.matches(path)) {
      return true;
    }
    path.resize(length);
  }
  return false;
}

Result<uint64_t> AttributesPlan::count_extension(const ObjectId& tree_oid, const std::string& extension) {
  const auto key = std::pair(extension, tree_oid);
  if (const auto known = extension_counts_.find(key); known != extension_counts_.end()) return known->second;
  const git::Object tree = TRY(reader_.read(tree_oid));
  uint64_t count = 0;
  git::TreeReader entries(tree.view());
  git::TreeEntry entry;
  while (entries.next(entry)) {
    if (entry.is_tree()) count += TRY(count_extension(entry.id(), extension));
    else if (is_regular(entry.mode) && entry.name.ends_with(extension)) ++count;
  }
  extension_counts_.emplace(key, count);
  return count;
}

Result<std::string> AttributesPlan::link_target_content(const ObjectId& root_tree, const AttributesFileAt& link) {
  const git::Object target = TRY(reader_.read(link.oid));
  std::string path = link.directory + std::string(target.view());
  ObjectId at = root_tree;
  // Only a plain relative name inside the tree is followed; anything else has no content here.
  for (size_t begin = 0; begin < path.size();) {
    const size_t slash = std::min(path.find('/', begin), path.size());
    const std::string_view part = std::string_view(path).substr(begin, slash - begin);
    const git::Object tree = TRY(reader_.read(at));
    const auto entry = git::find_entry(tree.view(), part);
    if (!entry) return std::string();
    if (slash == path.size()) return is_regular(entry->mode) ? std::string(TRY(reader_.read(entry->id())).view()) : std::string();
    if (!entry->is_tree()) return std::string();
    at = entry->id();
    begin = slash + 1;
  }
  return std::string();
}

}  // namespace lfsguard::rewrite
