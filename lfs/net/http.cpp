#include "lfs/net/http.h"

#include <strings.h>

namespace lfsguard::lfs {

std::optional<std::string> header_value(const HeaderList& headers, std::string_view name) {
  std::optional<std::string> value;
  for (const auto& [key, text] : headers)
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) value = text;
  return value;
}

HttpResponse perform(HttpClient& client, HttpRequest request) {
  std::optional<HttpResponse> response;
  client.submit(std::move(request), [&](HttpResponse done) { response = std::move(done); });
  while (!response) client.wait(std::chrono::milliseconds(1000));
  return std::move(*response);
}

}  // namespace lfsguard::lfs
