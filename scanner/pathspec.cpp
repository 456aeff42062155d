#include "scanner/pathspec.h"

#include <algorithm>
#include <optional>

#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#include "git/attributes/wildmatch.h"

namespace lfsguard::scanner {
namespace {

// "a/./b/../c/" as "a/c/"; nullopt where ".." leaves the repository.
std::optional<std::string> normalized(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool slash = path.ends_with('/');
  while (!path.empty()) {
    const size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
      continue;
    }
    parts.push_back(part);
  }
  std::string joined;
  for (const std::string_view part : parts) joined.append(joined.empty() ? "" : "/").append(part);
  if (slash && !joined.empty()) joined += '/';
  return joined;
}

// What an absolute path names below the work tree; a symbolic link on the way there (/tmp on some systems) is followed.
std::optional<std::string> below(const std::string& work_tree, std::string_view path) {
  if (work_tree.empty()) return std::nullopt;
  const auto cut = [&](std::string_view candidate) -> std::optional<std::string> {
    if (candidate == work_tree) return "";
    if (!candidate.starts_with(work_tree + "/")) return std::nullopt;
    return std::string(candidate.substr(work_tree.size() + 1));
  };
  if (auto inside = cut(path)) return inside;
  const std::string text(path);
  for (size_t end = text.size(); end != 0 && end != std::string::npos; end = text.rfind('/', end - 1)) {
    char resolved[PATH_MAX];
    if (::realpath(text.substr(0, end).c_str(), resolved)) return cut(resolved + text.substr(end));
  }
  return std::nullopt;
}

bool equal_start(std::string_view path, std::string_view start, bool ignore_case) {
  if (path.size() < start.size()) return false;
  return ignore_case ? ::strncasecmp(path.data(), start.data(), start.size()) == 0 : path.starts_with(start);
}

}  // namespace

Result<Pathspec> Pathspec::parse(const std::vector<std::string>& words, const std::string& prefix, const std::string& work_tree) {
  Pathspec spec;
  for (const std::string& word : words) {
    Item item;
    bool top = false;
    if (word.empty()) return fail(ErrorKind::usage, "an empty word is no path", "''", "write . for everything below this folder");
    std::string_view rest = word;
    if (rest.starts_with(":(")) {
      const size_t end = rest.find(')');
      if (end == std::string_view::npos) return fail(ErrorKind::usage, "pathspec magic without a closing parenthesis", word);
      std::string_view magic = rest.substr(2, end - 2);
      rest.remove_prefix(end + 1);
      while (!magic.empty()) {
        const std::string_view name = magic.substr(0, magic.find(','));
        magic.remove_prefix(std::min(magic.size(), name.size() + 1));
        if (name == "top") top = true;
        else if (name == "exclude") item.exclude = true;
        else if (name == "icase") item.ignore_case = true;
        else if (name == "literal") item.literal = true;
        else if (name == "glob") item.glob = true;
        else if (!name.empty()) return fail(ErrorKind::usage, "pathspec magic is not known", word, "known: top, exclude, icase, literal, glob");
      }
    } else if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      while (!rest.empty() && std::string_view("/!^").find(rest.front()) != std::string_view::npos) {
        if (rest.front() == '/') top = true;
        else item.exclude = true;
        rest.remove_prefix(1);
      }
    }
    std::optional<std::string> pattern;
    if (!rest.starts_with('/')) {
      pattern = normalized(top ? std::string(rest) : prefix + std::string(rest));
    } else if (const auto inside = below(work_tree, rest)) {
      pattern = normalized(*inside);
    }
    if (!pattern) return fail(ErrorKind::usage, "this path is outside the repository", word, "paths are relative to the folder it is run in; ':/' is the top");
    item.pattern = std::move(*pattern);
    spec.only_excludes_ = spec.only_excludes_ && item.exclude;
    spec.items_.push_back(std::move(item));
  }
  return spec;
}

bool Pathspec::Item::matches(std::string_view path) const {
  if (pattern.empty()) return true;
  const std::string_view bare = pattern.ends_with('/') ? std::string_view(pattern).substr(0, pattern.size() - 1) : std::string_view(pattern);
  if (equal_start(path, bare, ignore_case) && (path.size() == bare.size() ? !pattern.ends_with('/') : path[bare.size()] == '/')) return true;
  if (literal) return false;
  return attributes::wildmatch(pattern, path, {.pathname = glob, .fold_case = ignore_case});
}

bool Pathspec::matches(std::string_view path) const {
  bool included = only_excludes_;
  for (const Item& item : items_) {
    if (!item.matches(path)) continue;
    if (item.exclude) return false;
    included = true;
  }
  return included;
}

}  // namespace lfsguard::scanner
