#include "scanner/pathspec.h"

#include <algorithm>

#include <strings.h>

#include "git/attributes/wildmatch.h"

namespace lfsguard::scanner {
namespace {

// "a/./b/../c/" as "a/c/"; a leading ".." that leaves the repository empties the path.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool slash = path.ends_with('/');
  while (!path.empty()) {
    const size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
      continue;
    }
    parts.push_back(part);
  }
  std::string joined;
  for (const std::string_view part : parts) joined.append(joined.empty() ? "" : "/").append(part);
  if (slash && !joined.empty()) joined += '/';
  return joined;
}

bool equal_start(std::string_view path, std::string_view start, bool ignore_case) {
  if (path.size() < start.size()) return false;
  return ignore_case ? ::strncasecmp(path.data(), start.data(), start.size()) == 0 : path.starts_with(start);
}

}  // namespace

Result<Pathspec> Pathspec::parse(const std::vector<std::string>& words, const std::string& prefix) {
  Pathspec spec;
  for (const std::string& word : words) {
    Item item;
    bool top = false;
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
    item.pattern = normalized(top ? std::string(rest) : prefix + std::string(rest));
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
