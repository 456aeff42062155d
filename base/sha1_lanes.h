// Git object ids of many objects at once: sixteen SHA-1 computations side by side in AVX-512 registers, some four times as fast as one after the other with the
// CPU's SHA instructions. Where the processor has no AVX-512, or objects are few or small, one after the other through OpenSSL (base/sha256.h): the same ids.
//
// SHA-1 is FIPS 180-4. Sixteen take the time of the longest of them: the more come in one call, the better those of similar size are put together.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/object_id.h"

namespace lfsguard {

// The ids git gives to objects of one type ("tree", …), in the order of `contents`.
std::vector<ObjectId> hash_objects(std::string_view type, std::span<const std::string_view> contents);

}  // namespace lfsguard
