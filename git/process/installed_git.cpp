#include "git/process/installed_git.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "git/process/git_command.h"

namespace lfsguard::git {

InstalledGit InstalledGit::parse(std::string text) {
  InstalledGit git{std::move(text), 0, 0};
  const size_t digit = git.text.find_first_of("0123456789");
  if (digit == std::string::npos) return git;
  const char* const end = git.text.data() + git.text.size();
  const auto [after, failure] = std::from_chars(git.text.data() + digit, end, git.major);
  if (failure == std::errc() && after != end && *after == '.') std::from_chars(after + 1, end, git.minor);
  return git;
}

const InstalledGit& installed_git() {
  static const InstalledGit git = InstalledGit::parse(git_line(git_command({"version"})).value_or(""));
  return git;
}

std::string installed_git_stamp() {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const size_t end = rest.find(':');
    const std::string_view folder = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const std::string program = (folder.empty() ? "." : std::string(folder)) + "/git";
    struct stat info {};
    if (::access(program.c_str(), X_OK) != 0 || ::stat(program.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    return program + " " + std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec);
  }
  return {};
}

}  // namespace lfsguard::git
