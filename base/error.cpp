#include "base/error.h"

#include <cstring>

namespace lfsguard {

Error errno_error(std::string what, std::string subject, int code) {
  ErrorKind kind = ErrorKind::io;
  std::string hint;
  if (code == ENOSPC || code == EDQUOT) {
    kind = ErrorKind::disk_full;
    hint = "free some space on that disk, then run the command again";
  } else if (code == ENOENT) {
    kind = ErrorKind::not_found;
  }
  Error error{kind, std::move(what), std::move(subject), std::move(hint), {}};
  error.causes.emplace_back(std::strerror(code));
  return error;
}

std::string to_line(const Error& error) {
  std::string line = error.what;
  if (!error.subject.empty()) line += ": " + error.subject;
  for (const std::string& cause : error.causes) line += " (" + cause + ")";
  return line;
}

}  // namespace lfsguard
