#include "lfs/auth/netrc.h"

#include <algorithm>
#include <cstdlib>

#include "base/file_descriptor.h"

namespace lfsguard::lfs {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// The next word; a quoted one may hold spaces and backslash escapes.
std::string take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  std::string word;
  if (text.starts_with('"')) {
    size_t at = 1;
    while (at < text.size() && text[at] != '"') {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      word += text[at++];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    return word;
  }
  const size_t end = std::min(text.find_first_of(kSpace), text.size());
  word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> find_in_netrc(std::string_view text, std::string_view host,
                                                                 std::string_view wanted_user) {
  struct Entry {
    std::string machine, login, password;
    bool is_default = false;
  };
  std::optional<Entry> current;
  std::optional<std::pair<std::string, std::string>> found;
  const auto finish = [&] {
    if (!current || found || current->password.empty()) return;
    if (!current->is_default && current->machine != host) return;
    if (!wanted_user.empty() && current->login != wanted_user) return;
    found = {current->login, current->password};
  };
  while (!text.empty()) {
    const std::string word = take_word(text);
    if (word == "machine" || word == "default") {
      finish();
      current = Entry{};
      current->is_default = word == "default";
      if (!current->is_default) current->machine = take_word(text);
    } else if (word.starts_with('#')) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (word == "macdef") {
      const size_t blank = text.find("\n\n");
      text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 2);
    } else if (current && word == "login") {
      current->login = take_word(text);
    } else if (current && word == "password") {
      current->password = take_word(text);
    } else if (current && word == "account") {
      take_word(text);
    }
  }
  finish();
  return found;
}

std::optional<std::pair<std::string, std::string>> find_in_users_netrc(std::string_view host,
                                                                       std::string_view wanted_user) {
  const char* named = std::getenv("NETRC");
  const char* home = std::getenv("HOME");
  const std::string path = named && *named ? named : std::string(home ? home : "") + "/.netrc";
  const Result<std::string> text = read_file(path);
  if (!text) return std::nullopt;
  return find_in_netrc(*text, host, wanted_user);
}

}  // namespace lfsguard::lfs
