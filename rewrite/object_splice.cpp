#include "rewrite/object_splice.h"

#include <algorithm>

namespace lfsguard::rewrite {
namespace {

constexpr std::string_view kSignatureStarts[] = {"-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----", "-----BEGIN SSH SIGNATURE-----",
                                                 "-----BEGIN SIGNED MESSAGE-----"};

// A header with its continuation lines, newline included.
std::string_view take_header(std::string_view& rest) {
  size_t end = 0;
  do {
    end = rest.find('\n', end);
    if (end == std::string_view::npos) {
      end = rest.size();
      break;
    }
    ++end;
  } while (end < rest.size() && rest[end] == ' ');
  const std::string_view header = rest.substr(0, end);
  rest.remove_prefix(end);
  return header;
}

bool is_signature_header(std::string_view header) { return header.starts_with("gpgsig ") || header.starts_with("gpgsig-sha256 "); }

// "<key> <40 hex>\n" with the new id where there is one.
std::string with_new_id(std::string_view line, std::string_view key, const NewId& new_id) {
  const size_t begin = key.size() + 1;
  if (line.size() >= begin + 40)
    if (const auto oid = ObjectId::from_hex(line.substr(begin, 40)))
      if (const auto replaced = new_id(*oid)) return std::string(line.substr(0, begin)) + replaced->hex() + std::string(line.substr(begin + 40));
  return std::string(line);
}

// Where the signature begins at the start of a line of a tag's message, npos when there is none.
size_t signature_begin(std::string_view tag) {
  size_t body = tag.find("\n\n");
  if (body == std::string_view::npos) return std::string_view::npos;
  size_t last = std::string_view::npos;
  for (size_t at = body + 1; at < tag.size();) {
    for (const std::string_view start : kSignatureStarts)
      if (tag.substr(at).starts_with(start)) last = at;
    const size_t newline = tag.find('\n', at);
    if (newline == std::string_view::npos) break;
    at = newline + 1;
  }
  return last;
}

}  // namespace

bool is_signed_commit(std::string_view commit) {
  while (!commit.empty() && commit.front() != '\n')
    if (is_signature_header(take_header(commit))) return true;
  return false;
}

bool is_signed_tag(std::string_view tag) { return signature_begin(tag) != std::string_view::npos || is_signed_commit(tag); }

Spliced splice_commit(std::string_view commit, const NewId& new_id, bool strip, const NewMessage& new_message) {
  Spliced spliced;
  spliced.content.reserve(commit.size());
  while (!commit.empty() && commit.front() != '\n') {
    const std::string_view header = take_header(commit);
    if (header.starts_with("tree ")) {
      spliced.content += with_new_id(header, "tree", new_id);
    } else if (header.starts_with("parent ")) {
      spliced.content += with_new_id(header, "parent", new_id);
    } else if (strip && is_signature_header(header)) {
      spliced.signature_removed = true;
    } else if (strip && header.starts_with("mergetag object ") && header.size() > 56) {
      const auto target = ObjectId::from_hex(header.substr(16, 40));
      if (target && new_id(*target))
        spliced.signature_removed = true;
      else
        spliced.content += header;
    } else {
      spliced.content += header;
    }
  }
  if (new_message && !commit.empty())
    spliced.content += "\n" + new_message(commit.substr(1));
  else
    spliced.content += commit;
  return spliced;
}

Spliced splice_tag(std::string_view tag, const NewId& new_id, bool strip, const NewMessage& new_message) {
  Spliced spliced;
  const size_t signature = strip ? signature_begin(tag) : std::string_view::npos;
  if (signature != std::string_view::npos) {
    tag = tag.substr(0, signature);
    spliced.signature_removed = true;
  }
  bool first = true;
  while (!tag.empty() && tag.front() != '\n') {
    const std::string_view header = take_header(tag);
    if (first && header.starts_with("object "))
      spliced.content += with_new_id(header, "object", new_id);
    else if (strip && is_signature_header(header))
      spliced.signature_removed = true;
    else
      spliced.content += header;
    first = false;
  }
  if (new_message && !tag.empty())
    spliced.content += "\n" + new_message(tag.substr(1));
  else
    spliced.content += tag;
  return spliced;
}

}  // namespace lfsguard::rewrite
