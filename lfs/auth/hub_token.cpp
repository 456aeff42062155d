#include "lfs/auth/hub_token.h"

#include <cstdlib>

#include "base/file_descriptor.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

bool is_hub_host(std::string_view host) {
  if (host == "huggingface.co" || host == "hf.co" || host == "hf-mirror.com") return true;
  const std::optional<Url> endpoint = Url::parse(environment("HF_ENDPOINT"));
  return endpoint && endpoint->host == host;
}

std::optional<std::string> hub_token() {
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
    if (std::string token = trimmed(environment(name)); !token.empty()) return token;
  std::string path = environment("HF_TOKEN_PATH");
  if (path.empty() && !environment("HF_HOME").empty()) path = environment("HF_HOME") + "/token";
  if (path.empty()) path = environment("HOME") + "/.cache/huggingface/token";
  if (const Result<std::string> text = read_file(path))
    if (std::string token = trimmed(*text); !token.empty()) return token;
  return std::nullopt;
}

}  // namespace lfsguard::lfs
