// SHA-256 (LFS object ids) and SHA-1 (git object ids) through OpenSSL's EVP, which uses the CPU's SHA instructions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/object_id.h"

namespace lfsguard {

// An incremental digest. Not for use from two threads at once.
class Digest {
 public:
  enum class Algorithm { sha1, sha256 };
  explicit Digest(Algorithm algorithm);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  void update(const void* data, size_t size);
  void update(std::string_view data) { update(data.data(), data.size()); }
  // Raw bytes: 20 or 32. The object is reset and can be used again.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view data);

// The id git gives to an object: SHA-1 over "<type> <size>\0" and the content. `type`: "blob", "tree", "commit", "tag".
ObjectId hash_object(std::string_view type, std::string_view content);

}  // namespace lfsguard
