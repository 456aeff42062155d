#include "rewrite/attributes_plan.h"

#include <algorithm>

#include "git/attributes/attributes_editor.h"
#include "git/attributes/coverage_edit.h"
#include "git/attributes/ignore_pattern.h"
#include "git/attributes/pattern_writer.h"
#include "git/objects/tree.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kManyFiles = 50;  // of one extension in one tree: from here on one line for all is worth a look at the whole tree

std::string extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return {};
  const std::string_view extension = name.substr(dot);
  for (const char c : extension)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '+')) return {};
  return std::string(extension);
}

std::shared_ptr<const attributes::AttributeFile> parsed(const std::string& bytes) {
  return attributes::AttributeFile::parse(bytes, attributes::ReadFrom::blob);
}

}  // namespace

Result<uint32_t> AttributesPlan::edit_for(const ObjectId& root_tree, const RootFacts& facts) {
  if (facts.files == 0) return 0u;
  // Counting by extension looks at the whole tree, so such answers hold for that tree alone.
  const auto known = known_.find({facts.files, facts.attributes});
  if (known != known_.end()) return known->second;
  const auto& files = survey_.file_lists()[facts.files];
  const auto& attribute_files = survey_.attribute_lists()[facts.attributes];
  AttributesEdit edit = options_.direction == Direction::to_files ? TRY(uncover(files, attribute_files)) : TRY(cover(root_tree, files, attribute_files));
  uint32_t index = 0;
  if (!edit.files.empty()) {
    for (const auto& [directory, bytes] : edit.files) edit.nested |= !directory.empty();
    index = static_cast<uint32_t>(edits_.size());
    edits_.push_back(std::move(edit));
  }
  std::map<std::string, size_t> by_extension;
  for (const uint32_t file : files) ++by_extension[extension_of(trie_.paths()[file])];
  bool counted = std::any_of(by_extension.begin(), by_extension.end(), [](const auto& item) { return !item.first.empty() && item.second >= kManyFiles; });
  // So is the look for neighbours of names with spaces.
  for (const uint32_t file : files) counted |= trie_.paths()[file].find(' ') != std::string::npos;
  if (!counted) known_.emplace(std::pair{facts.files, facts.attributes}, index);
  return index;
}

Result<AttributesEdit> AttributesPlan::cover(const ObjectId& root_tree, const std::vector<uint32_t>& files,
                                             const std::vector<AttributesFileAt>& attribute_files) {
  // Globs that the selection itself names: what they match is converted in every tree.
  std::vector<std::pair<attributes::IgnorePattern, std::string>> selected;
  if (!options_.above && options_.exclude.empty() && !options_.fixup)
    for (const std::string& pattern : options_.include)
      if (pattern.starts_with("*.") && !extension_of("x" + pattern.substr(1)).empty() && pattern.substr(1) == extension_of("x" + pattern.substr(1)))
        selected.emplace_back(attributes::IgnorePattern(pattern), pattern);

  std::map<std::string, size_t> by_extension;
  for (const uint32_t file : files) ++by_extension[extension_of(trie_.paths()[file])];
  std::map<std::string, bool> whole_extension;
  for (const auto& [extension, count] : by_extension)
    if (!extension.empty() && count >= kManyFiles) whole_extension[extension] = TRY(count_extension(root_tree, extension)) == count;

  std::vector<attributes::CoverageRequest> requests;
  for (const uint32_t file : files) {
    attributes::CoverageRequest request{trie_.paths()[file], ""};
    for (const auto& [matcher, pattern] : selected)
      if (matcher.matches(request.path)) request.pattern = pattern;
    const std::string extension = extension_of(request.path);
    if (const auto whole = whole_extension.find(extension); request.pattern.empty() && whole != whole_extension.end() && whole->second)
      request.pattern = attributes::extension_pattern(extension);
    requests.push_back(std::move(request));
  }

  attributes::AttributesPlace place;
  place.read = [&](std::string_view directory) -> Result<std::optional<std::string>> {
    for (const AttributesFileAt& file : attribute_files) {
      if (file.directory != directory) continue;
      if ((file.mode & 0170000) == 0120000 && options_.replace_attributes_symlink) return std::optional(TRY(link_target_content(root_tree, file)));
      if ((file.mode & 0170000) == 0160000) return std::optional<std::string>();
      return std::optional(std::string(TRY(reader_.read(file.oid)).view()));
    }
    return std::optional<std::string>();
  };
  place.unwritable = [&](std::string_view directory) -> std::string {
    for (const AttributesFileAt& file : attribute_files) {
      if (file.directory != directory) continue;
      if ((file.mode & 0170000) == 0160000) return "it is a submodule";
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
  return AttributesEdit{std::move(covered.files), false};
}

Result<AttributesEdit> AttributesPlan::uncover(const std::vector<uint32_t>& files, const std::vector<AttributesFileAt>& attribute_files) {
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
  AttributesEdit edit;
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
    git::TreeReader entries(tree.view());
    git::TreeEntry entry;
    bool found = false;
    while (!found && entries.next(entry)) found = entry.name == part;
    if (!found) return std::string();
    if (slash == path.size()) return is_regular(entry.mode) ? std::string(TRY(reader_.read(entry.id())).view()) : std::string();
    if (!entry.is_tree()) return std::string();
    at = entry.id();
    begin = slash + 1;
  }
  return std::string();
}

}  // namespace lfsguard::rewrite
