// Any bytes as what servers answer: batches, locks, git-lfs-authenticate, dates. Refused or understood; a message for people is one line.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lfs/auth/ssh_authenticate.h"
#include "lfs/net/batch.h"
#include "lfs/net/expiry.h"
#include "lfs/net/locks.h"

using namespace lfsguard;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const lfs::WallTime now = std::chrono::system_clock::from_time_t(1'770'000'000);
  if (const auto batch = lfs::parse_batch_response(body, "https://host.example/r.git/info/lfs", now))
    for (const lfs::BatchObject& object : batch->objects)
      for (const auto& [name, action] : object.actions)
        if (action.href.empty()) std::abort();
  static_cast<void>(lfs::parse_lock(body));
  if (const auto page = lfs::parse_locks(body))
    for (const lfs::Lock& lock : page->locks) static_cast<void>(lfs::to_json(lock));
  static_cast<void>(lfs::parse_ssh_answer(body, now));
  static_cast<void>(lfs::parse_rfc3339(body));
  if (const auto wait = lfs::parse_retry_after(body, now); wait && wait->count() < 0) std::abort();

  lfs::HttpResponse response;
  response.status = 500;
  response.body = body;
  const Error error = lfs::status_error(response, "batch", "host");
  for (const std::string& cause : error.causes)
    if (cause.find_first_of("\r\n\x1b") != std::string::npos) std::abort();
  return 0;
}
