#include "git/attributes/ignore_pattern.h"

#include <cstddef>
#include <utility>

namespace lfsguard::attributes {
namespace {

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// An empty pattern is no pattern.
bool matches_item(const PathPattern& pattern, std::string_view path, bool is_directory, MatchStyle style) {
  if (pattern.must_be_directory && !is_directory) return false;
  return !pattern.text.empty() || pattern.kind == PathPattern::Kind::suffix
             ? pattern.matches(path, last_name(path), style)
             : false;
}

// Calls visit(prefix, is_directory) for each directory of the path from the top, then for the path; stops when it says
// true.
template <typename Visit>
bool any_prefix(std::string_view path, Reach reach, Visit&& visit) {
  if (reach == Reach::below_directories)
    for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1))
      if (visit(path.substr(0, slash), true)) return true;
  return visit(path, false);
}

}  // namespace

IgnorePattern::IgnorePattern(std::string text, MatchStyle style, Reach reach)
    : text_(std::move(text)), pattern_(PathPattern::parse(text_)), style_(style), reach_(reach) {}

IgnorePattern& IgnorePattern::operator=(const IgnorePattern& other) {
  text_ = other.text_;
  pattern_ = PathPattern::parse(text_);
  style_ = other.style_;
  reach_ = other.reach_;
  return *this;
}

bool IgnorePattern::matches(std::string_view path) const {
  if (pattern_.negative) return false;
  return any_prefix(path, reach_, [&](std::string_view prefix, bool is_directory) {
    return matches_item(pattern_, prefix, is_directory, style_);
  });
}

PathList::PathList(std::vector<std::string> patterns, MatchStyle style, Reach reach)
    : texts_(std::move(patterns)), style_(style), reach_(reach) {
  patterns_.reserve(texts_.size());
  for (const std::string& text : texts_) patterns_.push_back(PathPattern::parse(text));
}

PathList& PathList::operator=(const PathList& other) {
  if (this == &other) return *this;
  texts_ = other.texts_;
  patterns_.clear();
  for (const std::string& text : texts_) patterns_.push_back(PathPattern::parse(text));
  style_ = other.style_;
  reach_ = other.reach_;
  return *this;
}

bool PathList::matches(std::string_view path) const {
  return any_prefix(path, reach_, [&](std::string_view prefix, bool is_directory) {
    for (size_t i = patterns_.size(); i-- > 0;)
      if (matches_item(patterns_[i], prefix, is_directory, style_)) return !patterns_[i].negative;
    return false;
  });
}

}  // namespace lfsguard::attributes
