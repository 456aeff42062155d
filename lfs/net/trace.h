// What GIT_TRACE, GIT_CURL_VERBOSE and LFSGUARD_TRACE ask to see, on stderr or in the file they name. Secrets never
// pass: see redact_header.
#pragma once

#include <string>
#include <string_view>

namespace lfsguard::lfs {

enum class TraceTopic { general, http };

// Cheap to ask; the environment is read once.
bool tracing(TraceTopic topic);
// One line; a time stamp and a newline are added.
void trace(TraceTopic topic, std::string_view line);

// "Authorization: ***" for headers that carry secrets (any whose name speaks of auth, cookies, tokens, keys), the line
// itself else. URLs in values (Location) are redacted.
std::string redact_header(std::string_view name, std::string_view value);

// JSON bodies with the values of secret keys ("Authorization", "password", "token", ...) and signed URLs replaced by
// "***".
std::string redact_json(std::string_view body);

}  // namespace lfsguard::lfs
