#include "lfs/net/trace.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file_descriptor.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

// -1: off. As git reads its trace variables: 1, 2, true: stderr; a digit: that descriptor; an absolute path: that file.
int trace_target(const char* name) {
  const char* value = std::getenv(name);
  const std::string_view text = value ? value : "";
  if (text.empty() || text == "0" || text == "false") return -1;
  if (text == "1" || text == "2" || text == "true") return 2;
  if (text.size() == 1 && text[0] >= '3' && text[0] <= '9') return text[0] - '0';
  if (text.front() == '/' || std::string_view(name) == "LFSGUARD_TRACE")
    return ::open(value, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  return -1;
}

int target_of(TraceTopic topic) {
  static const int own = trace_target("LFSGUARD_TRACE");
  static const int general = trace_target("GIT_TRACE");
  static const int http = trace_target("GIT_CURL_VERBOSE");
  if (own >= 0) return own;
  return topic == TraceTopic::http ? http : general;
}

bool is_secret(std::string_view name) {
  std::string lower(name);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const char* word : {"auth", "cookie", "token", "secret", "password", "key", "signature", "credential"})
    if (lower.find(word) != std::string::npos) return true;
  return false;
}

void redact(nlohmann::json& value) {
  if (value.is_object()) {
    for (auto& [key, item] : value.items()) {
      if (item.is_string() && (is_secret(key) || key == "ssh_key"))
        item = "***";
      else
        redact(item);
    }
  } else if (value.is_array()) {
    for (auto& item : value) redact(item);
  } else if (value.is_string()) {
    const std::string text = value.get<std::string>();
    if (text.find("://") != std::string::npos) value = redact_url(text);
  }
}

}  // namespace

bool tracing(TraceTopic topic) { return target_of(topic) >= 0; }

void trace(TraceTopic topic, std::string_view line) {
  const int fd = target_of(topic);
  if (fd < 0) return;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  char stamp[32];
  const int length = std::snprintf(stamp, sizeof stamp, "%02d:%02d:%02d.%06ld ", local.tm_hour, local.tm_min,
                                   local.tm_sec, now.tv_nsec / 1000);
  std::string text(stamp, static_cast<size_t>(length));
  text += "lfsguard: ";
  text += line;
  text += '\n';
  (void)write_all(fd, text, "trace");
}

std::string redact_header(std::string_view name, std::string_view value) {
  std::string line(name);
  line += ": ";
  if (is_secret(name))
    line += "***";
  else
    line += value.find("://") != std::string_view::npos ? redact_url(value) : std::string(value);
  return line;
}

std::string redact_json(std::string_view body) {
  nlohmann::json value = nlohmann::json::parse(body, nullptr, false);
  if (value.is_discarded()) return "(" + std::to_string(body.size()) + " bytes that are no JSON)";
  redact(value);
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace lfsguard::lfs
