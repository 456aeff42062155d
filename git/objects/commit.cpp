#include "git/objects/commit.h"

#include <charconv>

namespace lfsguard::git {
namespace {

// Takes "<key> <40 hex>\n" off the front.
std::optional<ObjectId> take_id_line(std::string_view& text, std::string_view key) {
  if (!text.starts_with(key) || text.size() < key.size() + 42 || text[key.size()] != ' ' || text[key.size() + 41] != '\n')
    return std::nullopt;
  const auto id = ObjectId::from_hex(text.substr(key.size() + 1, 40));
  if (id) text.remove_prefix(key.size() + 42);
  return id;
}

int64_t date_of(std::string_view ident) {
  const size_t bracket = ident.rfind('>');
  if (bracket == std::string_view::npos) return 0;
  size_t at = bracket + 1;
  while (at < ident.size() && ident[at] == ' ') ++at;
  int64_t date = 0;
  std::from_chars(ident.data() + at, ident.data() + ident.size(), date);
  return date < 0 ? 0 : date;
}

}  // namespace

std::string_view Commit::subject() const {
  std::string_view text = message;
  while (!text.empty() && text.front() == '\n') text.remove_prefix(1);
  return text.substr(0, text.find('\n'));
}

std::optional<Commit> parse_commit(std::string_view content) {
  Commit commit;
  return parse_commit(content, commit) ? std::optional(std::move(commit)) : std::nullopt;
}

bool parse_commit(std::string_view content, Commit& commit) {
  const auto tree = take_id_line(content, "tree");
  if (!tree) return false;
  commit.parent_oids.clear();
  commit.author = commit.committer = {};
  commit.tree_oid = *tree;
  while (content.starts_with("parent ")) {
    const auto parent = take_id_line(content, "parent");
    if (!parent) return false;
    commit.parent_oids.push_back(*parent);
  }
  size_t others = 0;
  while (!content.empty() && content.front() != '\n') {
    const std::string_view line = content.substr(0, content.find('\n'));
    if (line.starts_with("author ") && commit.author.empty()) commit.author = line.substr(7);
    else if (line.starts_with("committer ") && commit.committer.empty()) commit.committer = line.substr(10);
    else ++others;
    if (line.size() == content.size()) {
      content = {};
      break;
    }
    content.remove_prefix(line.size() + 1);
  }
  commit.plain = others == 0 && !content.empty();
  if (!content.empty()) content.remove_prefix(1);
  commit.message = content;
  commit.committer_date = date_of(commit.committer);
  return true;
}

std::optional<TagTarget> parse_tag_target(std::string_view content) {
  const auto id = take_id_line(content, "object");
  if (!id || !content.starts_with("type ")) return std::nullopt;
  content.remove_prefix(5);
  const ObjectType type = type_named(content.substr(0, content.find('\n')));
  if (type == ObjectType::none) return std::nullopt;
  return TagTarget{*id, type};
}

}  // namespace lfsguard::git
