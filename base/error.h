// The one error channel of the program.
//
// A function that can fail returns Result<T>. Libraries' exceptions and codes are translated where the library is
// called. Context is added on the way up (`Error::because`); cli/ prints an error in one place and turns its kind into an exit
// code. Policy findings are data (scanner/finding.h), never errors.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace lfsguard {

// Decides exit code and whether a transfer is tried again. Messages never depend on it.
enum class ErrorKind {
  usage,        // wrong flags or arguments: exit 129
  config,       // a settings file or value that does not parse
  not_found,    // a file, object, ref or program that should be there is not
  corrupt,      // data that breaks its own format or checksum
  io,           // the operating system refused (permission, read error, ...)
  disk_full,    // ENOSPC, EDQUOT
  conflict,     // somebody else holds a lock or moved a ref
  unsupported,  // right input, but beyond what the program can do
  network,      // worth another try
  auth,         // refused credentials
  remote,       // a server said no for good
  interrupted,  // a signal: exit 130
};

// Printed as "lfsguard: <what>: <subject>", causes indented below, then "hint: <hint>".
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string what;     // what happened, in words
  std::string subject;  // which thing: path, object id, URL (redacted), key; may be empty
  std::string hint;     // the command or setting that helps; may be empty
  std::vector<std::string> causes;  // innermost first

  // The same error seen one level up: `what`/`subject` become a cause, the outer words take their place.
  Error because(std::string outer_what, std::string outer_subject = {}) && {
    causes.push_back(subject.empty() ? std::move(what) : what + ": " + subject);
    what = std::move(outer_what);
    subject = std::move(outer_subject);
    return std::move(*this);
  }
  Error with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
  }
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string subject = {}, std::string hint = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(what), std::move(subject), std::move(hint), {}});
}
// The value of a result that holds one.
template <typename T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
template <typename T>
T take(Result<T>& result) {
  return take(std::move(result));
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// An Error from errno: "cannot <verb>" with the system's words as cause. kind is disk_full, not_found or io by the code.
Error errno_error(std::string what, std::string subject, int code = errno);

// "what: subject" and causes in one line, for logs and for wrapping.
std::string to_line(const Error& error);

}  // namespace lfsguard

// `auto x = TRY(f());` yields f's value or returns its error from the enclosing function (which returns a Result).
#define TRY(expression)                                                      \
  ({                                                                         \
    auto&& try_result_ = (expression);                                       \
    if (!try_result_) return tl::unexpected(std::move(try_result_).error()); \
    ::lfsguard::take(try_result_);                                           \
  })
