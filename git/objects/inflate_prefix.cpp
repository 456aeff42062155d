#include "git/objects/inflate_prefix.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lfsguard::git {
namespace {

constexpr unsigned kLiteralBits = 9, kDistanceBits = 7;  // codes up to these lengths are decoded by one look
constexpr unsigned kCodeMax = 15;                        // bits of the longest code
constexpr size_t kFew = 24;                              // bytes up to which filling tables costs more than it saves

// Least significant bit first. Behind the end it reads zeros and remembers how many, so that only the end need ask.
class BitReader {
 public:
  BitReader(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}
  // At least 56 bits afterwards.
  void refill() {
    if (end_ - at_ >= 8) {
      uint64_t next;
      std::memcpy(&next, at_, 8);
      if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) next = __builtin_bswap64(next);
      bits_ |= next << count_;
      at_ += (63 - count_) >> 3;
      count_ |= 56;
      return;
    }
    for (; count_ <= 56; count_ += 8) {
      if (at_ < end_)
        bits_ |= static_cast<uint64_t>(*at_++) << count_;
      else
        ++behind_;
    }
  }
  uint64_t peek() const { return bits_; }
  void skip(unsigned count) {
    bits_ >>= count;
    count_ -= count;
  }
  unsigned take(unsigned count) {
    const auto value = static_cast<unsigned>(bits_ & ((1u << count) - 1));
    skip(count);
    return value;
  }
  bool overrun() const { return behind_ * 8 > count_; }
  // Drops bits up to the next byte; then that byte is where bytes() begins.
  void align() {
    skip(count_ & 7);
    const unsigned whole = count_ / 8;
    at_ -= whole - std::min(whole, behind_);
    bits_ = 0;
    count_ = behind_ = 0;
  }
  const uint8_t* bytes() const { return at_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  void advance(size_t count) { at_ += count; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  uint64_t bits_ = 0;
  unsigned count_ = 0;
  unsigned behind_ = 0;
};

constexpr auto kReversed = [] {
  std::array<uint16_t, 1u << kLiteralBits> table{};
  for (unsigned value = 0; value < table.size(); ++value) {
    unsigned reversed = 0;
    for (unsigned bit = 0; bit < kLiteralBits; ++bit) reversed |= (value >> bit & 1) << (kLiteralBits - 1 - bit);
    table[value] = static_cast<uint16_t>(reversed);
  }
  return table;
}();

// The symbols of a code that are in use, ascending, with the lengths of their codes.
struct UsedSymbols {
  uint16_t symbols[288];
  uint8_t lengths[288];
  unsigned size = 0;
  uint16_t count[kCodeMax + 1] = {};  // by length
  void add(unsigned symbol, unsigned length) {
    symbols[size] = static_cast<uint16_t>(symbol);
    lengths[size++] = static_cast<uint8_t>(length);
    ++count[length];
  }
};

// A canonical Huffman code.
template <unsigned kBits, unsigned kSymbols>
class Code {
 public:
  // False: more codes than there is room for, or room left over (which a single code of one bit may leave, as zlib has it).
  bool set(const UsedSymbols& used, bool fill) {
    uint16_t next[kCodeMax + 2];
    next[1] = 0;
    int room = 1;
    unsigned longest = 0;
    for (unsigned length = 1; length <= kCodeMax; ++length) {
      count_[length] = used.count[length];
      room = room * 2 - count_[length];
      if (room < 0) return false;
      if (count_[length]) longest = length;
      next[length + 1] = static_cast<uint16_t>(next[length] + count_[length]);
    }
    if (room > 0 && longest > 1) return false;
    for (unsigned i = 0; i < used.size; ++i) sorted_[next[used.lengths[i]]++] = used.symbols[i];
    // Index: the code's bits as they come; entry: symbol * 16 + length, 0 where the code is longer or is none. Each length doubles the table.
    if (!fill) {
      std::memset(fast_, 0, sizeof fast_);
      return true;
    }
    fast_[0] = fast_[1] = 0;
    unsigned code = 0, at = 0;
    for (unsigned length = 1;; ++length, code <<= 1) {
      for (const unsigned end = at + count_[length]; at < end; ++at, ++code)
        fast_[kReversed[code] >> (kLiteralBits - length)] = static_cast<uint16_t>(sorted_[at] << 4 | length);
      if (length == kBits) return true;
      std::memcpy(fast_ + (1u << length), fast_, sizeof fast_[0] << length);
    }
  }

  // -1: no such code. At least kCodeMax bits must be there.
  [[gnu::always_inline]] int next(BitReader& bits) const {
    const unsigned entry = fast_[bits.peek() & ((1u << kBits) - 1)];
    if (entry == 0) [[unlikely]]
      return next_long(bits);
    bits.skip(entry & 15);
    return static_cast<int>(entry >> 4);
  }

 private:
  [[gnu::noinline]] int next_long(BitReader& bits) const {
    uint64_t rest = bits.peek();
    int code = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= kCodeMax; ++length, rest >>= 1) {
      code |= static_cast<int>(rest & 1);
      const int count = count_[length];
      if (code - count < first) {
        bits.skip(length);
        return sorted_[index + (code - first)];
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

  uint16_t fast_[1u << kBits];
  uint16_t count_[kCodeMax + 1];
  uint16_t sorted_[kSymbols];
};

using LiteralCode = Code<kLiteralBits, 288>;
using DistanceCode = Code<kDistanceBits, 32>;

constexpr uint16_t kLengthBase[] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr uint8_t kLengthExtra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr uint16_t kDistanceBase[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                      193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr uint8_t kDistanceExtra[] = {0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

struct Codes {
  LiteralCode literals;
  DistanceCode distances;
};

const Codes& fixed_codes() {
  static const Codes codes = [] {
    Codes made;
    UsedSymbols literals, distances;
    for (unsigned i = 0; i < 288; ++i) literals.add(i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    for (unsigned i = 0; i < 32; ++i) distances.add(i, 5);
    made.literals.set(literals, true);
    made.distances.set(distances, true);
    return made;
  }();
  return codes;
}

// The codes in front of a block that brings its own.
bool read_codes(BitReader& bits, Codes& codes, bool fill) {
  static constexpr uint8_t kOrder[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  bits.refill();
  const unsigned literals = bits.take(5) + 257, distances = bits.take(5) + 1, given = bits.take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  // Codes of code lengths have 7 bits at most; zlib takes no incomplete one here.
  uint8_t given_lengths[19] = {};
  for (unsigned i = 0; i < given; ++i) {
    if (i % 16 == 0) bits.refill();
    given_lengths[kOrder[i]] = static_cast<uint8_t>(bits.take(3));
  }
  uint8_t table[128];
  {
    unsigned count[8] = {}, code[9] = {}, room = 128;
    for (const uint8_t length : given_lengths) ++count[length];
    for (unsigned length = 1; length <= 7; ++length) {
      code[length + 1] = (code[length] + count[length]) << 1;
      if (count[length] << (7 - length) > room) return false;
      room -= count[length] << (7 - length);
    }
    if (room != 0) return false;
    for (unsigned i = 0; i < 19; ++i) {
      const unsigned length = given_lengths[i];
      if (length == 0) continue;
      for (unsigned slot = kReversed[code[length]++] >> (kLiteralBits - length); slot < 128; slot += 1u << length) table[slot] = static_cast<uint8_t>(i << 3 | length);
    }
  }
  UsedSymbols used[2];
  unsigned previous = 16;  // none
  // The lengths of both codes in one row; a run may cross from the one into the other.
  const unsigned total = literals + distances;
  for (unsigned at = 0; at < total;) {
    bits.refill();
    for (int looks = 0; looks < 4 && at < total; ++looks) {  // 14 bits each at most
      const unsigned entry = table[bits.peek() & 127], symbol = entry >> 3;
      bits.skip(entry & 7);
      unsigned times = 1;
      if (symbol < 16) {
        previous = symbol;
      } else if (symbol == 16) {
        if (previous == 16) return false;
        times = 3 + bits.take(2);
      } else {
        previous = 0;
        times = symbol == 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      }
      if (at + times > total) return false;
      if (previous != 0)
        for (unsigned i = at; i < at + times; ++i) used[i >= literals].add(i < literals ? i : i - literals, previous);
      at += times;
    }
  }
  if (bits.overrun() || !std::binary_search(used[0].symbols, used[0].symbols + used[0].size, 256)) return false;
  return codes.literals.set(used[0], fill) && codes.distances.set(used[1], fill);
}

// One block's symbols until its end or until `end` is reached. nullptr: damaged.
uint8_t* inflate_block(BitReader& reader, const Codes& codes, const uint8_t* begin, uint8_t* out, uint8_t* end) {
  BitReader bits = reader;  // in registers
  while (out < end) {
    bits.refill();
    int symbol = codes.literals.next(bits);
    // 56 bits: two literals, or one and a match without what follows its length.
    if (symbol < 256) {
      if (symbol < 0) return nullptr;
      *out++ = static_cast<uint8_t>(symbol);
      if (out == end) break;
      symbol = codes.literals.next(bits);
      if (symbol < 256) {
        if (symbol < 0) return nullptr;
        *out++ = static_cast<uint8_t>(symbol);
        if (out == end) break;
        symbol = codes.literals.next(bits);
        if (symbol < 256) {
          if (symbol < 0) return nullptr;
          *out++ = static_cast<uint8_t>(symbol);
          continue;
        }
      }
      bits.refill();
    }
    if (symbol == 256) {
      reader = bits;
      return bits.overrun() ? nullptr : out;
    }
    symbol -= 257;
    if (symbol > 28) return nullptr;
    size_t length = kLengthBase[symbol] + bits.take(kLengthExtra[symbol]);
    const int far = codes.distances.next(bits);
    if (far < 0 || far > 29) return nullptr;
    const size_t distance = kDistanceBase[far] + bits.take(kDistanceExtra[far]);
    if (distance > static_cast<size_t>(out - begin)) return nullptr;
    const uint8_t* from = out - distance;
    if (distance >= 8 && static_cast<size_t>(end - out) >= length + 8) {
      uint8_t* const stop = out + length;
      do {
        std::memcpy(out, from, 8);
        out += 8;
        from += 8;
      } while (out < stop);
      out = stop;
      continue;
    }
    length = std::min(length, static_cast<size_t>(end - out));
    while (length-- > 0) *out++ = *from++;
  }
  reader = bits;
  return bits.overrun() ? nullptr : out;
}

}  // namespace

long inflate_prefix(const uint8_t* stream, size_t available, uint8_t* out, size_t size) {
  // The zlib header: deflate, a window of 32 KiB at most, no preset dictionary.
  if (available < 2 || (stream[0] & 15) != 8 || stream[0] >> 4 > 7 || (stream[0] << 8 | stream[1]) % 31 != 0 || (stream[1] & 32)) return -1;
  BitReader bits(stream + 2, stream + available);
  uint8_t *const begin = out, *const end = out + size;
  Codes own;
  for (;;) {
    bits.refill();
    const bool last = bits.take(1);
    switch (bits.take(2)) {
      case 0: {
        bits.align();
        if (bits.left() < 4) return -1;
        const uint8_t* head = bits.bytes();
        const unsigned length = head[0] | head[1] << 8;
        if (length != (~(head[2] | head[3] << 8) & 0xffffu)) return -1;
        bits.advance(4);
        const size_t take = std::min<size_t>(length, static_cast<size_t>(end - out));
        if (bits.left() < take) return -1;
        std::memcpy(out, bits.bytes(), take);
        bits.advance(take);
        out += take;
        break;
      }
      case 1:
        out = inflate_block(bits, fixed_codes(), begin, out, end);
        break;
      case 2:
        if (!read_codes(bits, own, size > kFew)) return -1;
        out = inflate_block(bits, own, begin, out, end);
        break;
      default:
        return -1;
    }
    if (!out) return -1;
    if (last || out == end) return bits.overrun() ? -1 : out - begin;
  }
}

}  // namespace lfsguard::git
