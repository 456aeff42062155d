#include "rewrite/message_hashes.h"

namespace lfsguard::rewrite {
namespace {

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

std::string MessageHashes::replaced(std::string_view message) const {
  std::string result;
  for (size_t at = 0; at < message.size();) {
    if (!is_word(message[at])) {
      result += message[at++];
      continue;
    }
    size_t end = at;
    bool hex = true;
    while (end < message.size() && is_word(message[end])) hex = is_hex(message[end++]) && hex;
    const std::string_view word = message.substr(at, end - at);
    at = end;
    if (hex && word.size() >= 7 && word.size() <= 40) {
      std::string low(word), high(word);
      low.resize(40, '0');
      high.resize(40, 'f');
      const auto first = old_.lower_bound(*ObjectId::from_hex(low));
      if (first != old_.end() && *first <= *ObjectId::from_hex(high)) {
        const auto second = std::next(first);
        if (second == old_.end() || *second > *ObjectId::from_hex(high)) {
          result += moved_.find(*first)->hex().substr(0, word.size());
          continue;
        }
      }
    }
    result += word;
  }
  return result;
}

}  // namespace lfsguard::rewrite
