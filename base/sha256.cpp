#include "base/sha256.h"

#include <openssl/evp.h>

#include <utility>

namespace lfsguard {

struct Digest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* method;
  ~State() { EVP_MD_CTX_free(context); }
};

namespace {

// Fetched once: an implicit fetch for each digest costs more than hashing a small object.
const EVP_MD* method_of(Digest::Algorithm algorithm) {
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm == Digest::Algorithm::sha1 ? sha1 : sha256;
}

}  // namespace

Digest::Digest(Algorithm algorithm) : state_(std::make_unique<State>()) {
  state_->method = method_of(algorithm);
  EVP_DigestInit_ex2(state_->context, state_->method, nullptr);
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(const void* data, size_t size) { EVP_DigestUpdate(state_->context, data, size); }

std::string Digest::finish() {
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context, raw, &size);
  EVP_DigestInit_ex2(state_->context, state_->method, nullptr);
  return {reinterpret_cast<const char*>(raw), size};
}

std::string sha256_hex(std::string_view data) {
  Digest digest(Digest::Algorithm::sha256);
  digest.update(data);
  const std::string raw = digest.finish();
  return to_hex(raw.data(), raw.size());
}

ObjectId hash_object(std::string_view type, std::string_view content) {
  thread_local Digest digest(Digest::Algorithm::sha1);
  digest.update(type);
  digest.update(" ");
  digest.update(std::to_string(content.size()));
  digest.update(std::string_view("\0", 1));
  digest.update(content);
  return ObjectId::from_raw(digest.finish().data());
}

}  // namespace lfsguard
