// The Hugging Face token, for the hub's own hosts only: HF_TOKEN, HUGGING_FACE_HUB_TOKEN, then the file HF_TOKEN_PATH
// names, else $HF_HOME/token, else ~/.cache/huggingface/token. Source: docs/lfs.md, "Credentials".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lfsguard::lfs {

// huggingface.co, hf.co, hf-mirror.com, and the host of HF_ENDPOINT.
bool is_hub_host(std::string_view host);
std::optional<std::string> hub_token();

}  // namespace lfsguard::lfs
