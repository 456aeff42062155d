#include "base/sha1_lanes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>

#include "base/sha256.h"

#ifdef __x86_64__
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // in g++ 12's own header (its bug 105593)
#endif
#include <immintrin.h>
#endif

namespace lfsguard {
namespace {

constexpr size_t kLanes = 16, kBlock = 64;
constexpr size_t kFull = 4;  // lanes that must be at work on average, else one after the other is as fast

#ifdef __x86_64__

// One message cut into blocks: the header and what follows it, the content where it lies, and the end with its padding.
class Blocks {
 public:
  Blocks() = default;
  Blocks(std::string_view type, std::string_view content) : content_(content) {
    const std::string header = std::string(type) + " " + std::to_string(content.size()) + '\0';
    const uint64_t size = header.size() + content.size();
    count_ = (size + 1 + 8 + kBlock - 1) / kBlock;
    // All of a short message, else its first block; then `content_` goes on from there in whole blocks.
    shift_ = kBlock - header.size();
    middle_ = content.size() < shift_ ? 0 : (content.size() - shift_) / kBlock;
    std::memcpy(first_.data(), header.data(), header.size());
    std::memcpy(first_.data() + header.size(), content.data(), std::min(content.size(), shift_));
    std::string_view rest;
    if (content.size() >= shift_) {
      rest = content.substr(shift_ + middle_ * kBlock);
      std::memcpy(last_.data(), rest.data(), rest.size());
      end_at_ = 1 + middle_;
    } else {
      last_ = {};
      std::memcpy(last_.data(), first_.data(), kBlock);
      rest = std::string_view(first_.data(), size);
      end_at_ = 0;
    }
    last_[rest.size()] = static_cast<char>(0x80);
    const size_t last_size = (count_ - end_at_) * kBlock;
    for (size_t i = 0; i < 8; ++i) last_[last_size - 1 - i] = static_cast<char>(size * 8 >> (8 * i));
  }
  uint64_t count() const { return count_; }
  const char* at(uint64_t block) const {
    if (block >= end_at_) return last_.data() + (block - end_at_) * kBlock;
    return block == 0 ? first_.data() : content_.data() + shift_ + (block - 1) * kBlock;
  }

 private:
  std::string_view content_;
  uint64_t count_ = 0, middle_ = 0, end_at_ = 0;
  size_t shift_ = 0;
  std::array<char, kBlock> first_{};
  std::array<char, 2 * kBlock> last_{};
};

#define LFSGUARD_AVX512 __attribute__((target("avx512f,avx512bw")))
#define LFSGUARD_AVX512_INLINE __attribute__((target("avx512f,avx512bw"), always_inline)) inline

// Row i of the result holds word i of every block.
LFSGUARD_AVX512_INLINE void load_words(const std::array<const char*, kLanes>& blocks, __m512i (&words)[kLanes]) {
  const __m512i swap = _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
  __m512i row[kLanes], pair[kLanes];
  for (size_t i = 0; i < kLanes; ++i) row[i] = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[i]), swap);
  for (size_t i = 0; i < kLanes; i += 2) {
    pair[i] = _mm512_unpacklo_epi32(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_epi32(row[i], row[i + 1]);
  }
  for (size_t i = 0; i < kLanes; i += 4) {
    row[i] = _mm512_unpacklo_epi64(pair[i], pair[i + 2]);
    row[i + 1] = _mm512_unpackhi_epi64(pair[i], pair[i + 2]);
    row[i + 2] = _mm512_unpacklo_epi64(pair[i + 1], pair[i + 3]);
    row[i + 3] = _mm512_unpackhi_epi64(pair[i + 1], pair[i + 3]);
  }
  // row[4 g + k], quarter q: word 4 q + k of blocks 4 g … 4 g + 3.
  for (size_t k = 0; k < 4; ++k) {
    const __m512i low_even = _mm512_shuffle_i32x4(row[k], row[4 + k], 0x88), low_odd = _mm512_shuffle_i32x4(row[k], row[4 + k], 0xdd);
    const __m512i high_even = _mm512_shuffle_i32x4(row[8 + k], row[12 + k], 0x88), high_odd = _mm512_shuffle_i32x4(row[8 + k], row[12 + k], 0xdd);
    words[k] = _mm512_shuffle_i32x4(low_even, high_even, 0x88);
    words[8 + k] = _mm512_shuffle_i32x4(low_even, high_even, 0xdd);
    words[4 + k] = _mm512_shuffle_i32x4(low_odd, high_odd, 0x88);
    words[12 + k] = _mm512_shuffle_i32x4(low_odd, high_odd, 0xdd);
  }
}

struct State {
  __m512i a, b, c, d, e;
};

// Twenty rounds with the function that `kTable` is the truth table of.
template <int kFirst, int kTable>
LFSGUARD_AVX512_INLINE void rounds(State& s, __m512i (&words)[kLanes], uint32_t constant) {
  const __m512i k = _mm512_set1_epi32(static_cast<int>(constant));
#pragma GCC unroll 20
  for (int round = kFirst; round < kFirst + 20; ++round) {
    __m512i& word = words[round & 15];
    if (round >= 16) {
      const __m512i mixed = _mm512_ternarylogic_epi32(words[(round + 13) & 15], words[(round + 8) & 15], words[(round + 2) & 15], 0x96);
      word = _mm512_rol_epi32(_mm512_xor_si512(mixed, word), 1);
    }
    const __m512i f = _mm512_ternarylogic_epi32(s.b, s.c, s.d, kTable);
    const __m512i next = _mm512_add_epi32(_mm512_add_epi32(_mm512_rol_epi32(s.a, 5), f), _mm512_add_epi32(_mm512_add_epi32(s.e, k), word));
    s = {next, s.a, _mm512_rol_epi32(s.b, 30), s.c, s.d};
  }
}

// Of those that `group` (at most sixteen) lists.
LFSGUARD_AVX512 void hash_lanes(std::string_view type, std::span<const std::string_view> contents, std::span<const uint32_t> group, std::vector<ObjectId>& ids) {
  std::array<Blocks, kLanes> messages;
  for (size_t lane = 0; lane < group.size(); ++lane) messages[lane] = Blocks(type, contents[group[lane]]);
  State state{_mm512_set1_epi32(0x67452301), _mm512_set1_epi32(static_cast<int>(0xefcdab89)), _mm512_set1_epi32(static_cast<int>(0x98badcfe)),
              _mm512_set1_epi32(0x10325476), _mm512_set1_epi32(static_cast<int>(0xc3d2e1f0))};
  static constexpr std::array<char, kBlock> kNothing{};
  uint64_t blocks = 0;
  for (size_t lane = 0; lane < group.size(); ++lane) blocks = std::max(blocks, messages[lane].count());
  std::array<const char*, kLanes> at;
  at.fill(kNothing.data());
  __m512i words[kLanes];
  for (uint64_t block = 0; block < blocks; ++block) {
    uint32_t live = 0;
    for (size_t lane = 0; lane < group.size(); ++lane) {
      const bool more = block < messages[lane].count();
      live |= static_cast<uint32_t>(more) << lane;
      at[lane] = more ? messages[lane].at(block) : kNothing.data();
    }
    load_words(at, words);
    State s = state;
    rounds<0, 0xca>(s, words, 0x5a827999);
    rounds<20, 0x96>(s, words, 0x6ed9eba1);
    rounds<40, 0xe8>(s, words, 0x8f1bbcdc);
    rounds<60, 0x96>(s, words, 0xca62c1d6);
    const auto mask = static_cast<__mmask16>(live);
    state.a = _mm512_mask_add_epi32(state.a, mask, state.a, s.a);
    state.b = _mm512_mask_add_epi32(state.b, mask, state.b, s.b);
    state.c = _mm512_mask_add_epi32(state.c, mask, state.c, s.c);
    state.d = _mm512_mask_add_epi32(state.d, mask, state.d, s.d);
    state.e = _mm512_mask_add_epi32(state.e, mask, state.e, s.e);
  }
  uint32_t rows[5][kLanes];
  const __m512i* const parts[5] = {&state.a, &state.b, &state.c, &state.d, &state.e};
  for (size_t part = 0; part < 5; ++part) _mm512_storeu_si512(rows[part], *parts[part]);
  for (size_t lane = 0; lane < group.size(); ++lane) {
    uint32_t raw[5];
    for (size_t part = 0; part < 5; ++part) raw[part] = __builtin_bswap32(rows[part][lane]);
    ids[group[lane]] = ObjectId::from_raw(reinterpret_cast<const char*>(raw));
  }
}

bool has_lanes() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
  return has;
}

#endif

}  // namespace

std::vector<ObjectId> hash_objects(std::string_view type, std::span<const std::string_view> contents) {
  std::vector<ObjectId> ids(contents.size());
#ifdef __x86_64__
  if (has_lanes()) {
    // A group takes the time of its longest, so those of similar size go together.
    std::vector<uint32_t> order(contents.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return contents[a].size() > contents[b].size(); });
    for (size_t begin = 0; begin < order.size(); begin += kLanes) {
      const std::span<const uint32_t> group(order.data() + begin, std::min(kLanes, order.size() - begin));
      uint64_t total = 0;
      for (const uint32_t at : group) total += contents[at].size();
      if (total >= contents[group.front()].size() * kFull && group.size() >= kFull) {
        hash_lanes(type, contents, group, ids);
      } else {
        for (const uint32_t at : group) ids[at] = hash_object(type, contents[at]);
      }
    }
    return ids;
  }
#endif
  for (size_t i = 0; i < contents.size(); ++i) ids[i] = hash_object(type, contents[i]);
  return ids;
}

}  // namespace lfsguard
