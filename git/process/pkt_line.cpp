#include "git/process/pkt_line.h"

#include <unistd.h>

#include <algorithm>

#include "base/file_descriptor.h"

namespace lfsguard::git {
namespace {

constexpr size_t kReadStep = 256 << 10;
constexpr size_t kSendAt = 256 << 10;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

// Makes `bytes` bytes available at begin_. false: the pipe ended before the first of them.
Result<bool> PacketReader::need(size_t bytes) {
  while (buffer_.size() - begin_ < bytes) {
    if (begin_ > 0) {
      buffer_.erase(0, begin_);
      begin_ = 0;
    }
    const size_t old = buffer_.size();
    buffer_.resize(old + kReadStep);
    ssize_t n;
    do {
      n = ::read(fd_, buffer_.data() + old, kReadStep);
    } while (n < 0 && errno == EINTR);
    buffer_.resize(old + static_cast<size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0) return fail(errno_error("cannot read", name_));
    if (n == 0) {
      if (buffer_.empty()) return false;
      return fail(ErrorKind::corrupt, "the other side stopped inside a packet", name_);
    }
  }
  return true;
}

Result<Packet> PacketReader::read() {
  if (!TRY(need(4))) return Packet{};
  size_t length = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = hex_value(buffer_[begin_ + i]);
    if (digit < 0) return fail(ErrorKind::corrupt, "not a packet length", name_);
    length = length << 4 | static_cast<size_t>(digit);
  }
  if (length < 4) {
    if (length > 1) return fail(ErrorKind::corrupt, "not a packet length", name_);
    begin_ += 4;
    return Packet{length == 0 ? Packet::Kind::flush : Packet::Kind::delimiter, {}};
  }
  if (!TRY(need(length))) return fail(ErrorKind::corrupt, "the other side stopped inside a packet", name_);
  const Packet packet{Packet::Kind::data, std::string_view(buffer_).substr(begin_ + 4, length - 4)};
  begin_ += length;
  return packet;
}

Result<std::optional<std::vector<std::string>>> PacketReader::read_list() {
  std::vector<std::string> lines;
  for (;;) {
    const Packet packet = TRY(read());
    if (packet.kind == Packet::Kind::end) {
      if (lines.empty()) return std::nullopt;
      return fail(ErrorKind::corrupt, "the other side stopped inside a list", name_);
    }
    if (packet.kind == Packet::Kind::flush) return lines;
    if (packet.kind == Packet::Kind::delimiter) return fail(ErrorKind::corrupt, "a delimiter inside a list", name_);
    std::string_view line = packet.payload;
    if (line.ends_with('\n')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
}

Status PacketWriter::packet(std::string_view payload) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const size_t length = payload.size() + 4;
  for (int shift = 12; shift >= 0; shift -= 4) pending_ += kDigits[length >> shift & 15];
  pending_ += payload;
  return pending_.size() >= kSendAt ? send() : Status{};
}

Status PacketWriter::text(std::string_view line) {
  if (line.size() + 1 > kPacketPayloadMax)
    return fail(ErrorKind::unsupported, "a line is too long for one packet", name_);
  return packet(std::string(line) + "\n");
}

Status PacketWriter::content(std::string_view data) {
  while (!data.empty()) {
    const size_t n = std::min(data.size(), kPacketPayloadMax);
    TRY(packet(data.substr(0, n)));
    data.remove_prefix(n);
  }
  return {};
}

Status PacketWriter::flush() {
  pending_ += "0000";
  return send();
}

Status PacketWriter::delimiter() {
  pending_ += "0001";
  return {};
}

Status PacketWriter::send() {
  const Status status = write_all(fd_, pending_, name_);
  pending_.clear();
  return status;
}

}  // namespace lfsguard::git
