#include "report/error_text.h"

#include <cerrno>
#include <cstring>

#include "report/terminal.h"

namespace lfsguard::report {
namespace {

// What helps where the system refused and nobody on the way up knew better.
std::string_view hint_of_system(const Error& error) {
  struct Row {
    int code;
    std::string_view hint;
  };
  static constexpr Row kRows[] = {
      {ENOENT, "see that the name is right: 'ls -ld' shows what is there"},
      {EACCES, "'ls -ld' shows who may; change its mode or owner, or run this as that user"},
      {EPERM, "'ls -ld' and 'lsattr -d' show who may; run this as that user"},
      {EROFS, "that file system is mounted read-only; 'mount' shows how"},
      {EISDIR, "that is a folder; name a file"},
      {ENOTDIR, "a part of that path is a file, not a folder"},
      {ELOOP, "symbolic links there lead in a circle; 'ls -l' shows them"},
      {ENAMETOOLONG, "that path is longer than the file system takes; use a shorter one"},
      {EMFILE, "raise the limit of open files: ulimit -n 4096"},
      {EBADF, "it is closed; run this without >&- or <&-"},
      {EFBIG, "raise the limit of file sizes: ulimit -f unlimited"},
      {EIO, "the disk may be failing; copy the repository elsewhere, then run 'git fsck --full' there"},
  };
  for (const std::string& cause : error.causes)
    for (const Row& row : kRows)
      if (cause == std::strerror(row.code)) return row.hint;
  return {};
}

}  // namespace

std::string error_text(const Error& error, bool color) {
  std::string text = color ? "\033[1;31mlfsguard:\033[0m " : "lfsguard: ";
  text += error.what;
  if (!error.subject.empty()) text += ": " + printable(error.subject);
  text += '\n';
  for (const std::string& cause : error.causes) {
    std::string_view rest = cause;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      text += "  " + printable(rest.substr(0, end)) + '\n';
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  const std::string_view hint = error.hint.empty() ? hint_of_system(error) : error.hint;
  if (!hint.empty()) text.append(color ? "\033[36mhint:\033[0m " : "hint: ").append(hint).append(1, '\n');
  return text;
}

int exit_code(ErrorKind kind) {
  if (kind == ErrorKind::usage) return 129;
  if (kind == ErrorKind::interrupted) return 130;
  return 128;
}

}  // namespace lfsguard::report
