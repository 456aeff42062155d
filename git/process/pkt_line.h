// pkt-line: git's framing of packets on a pipe. Four hex digits give the packet's length with themselves, up to 65520;
// 0000 is a flush, 0001 a delimiter. Format: gitprotocol-common(5). Used by the filter process (gitattributes(5), "Long
// Running Filter Process") and by the pure SSH transfer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lfsguard::git {

inline constexpr size_t kPacketPayloadMax = 65516;

struct Packet {
  enum class Kind { data, flush, delimiter, end } kind = Kind::end;  // end: the other side closed the pipe
  std::string_view payload;                                          // valid until the next read
};

class PacketReader {
 public:
  // The descriptor stays the caller's.
  PacketReader(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  // kind corrupt for a broken length or an end inside a packet.
  Result<Packet> read();
  // Text lines up to a flush, trailing newline removed. nullopt when the other side closed the pipe before the first.
  Result<std::optional<std::vector<std::string>>> read_list();

 private:
  Result<bool> need(size_t bytes);
  int fd_;
  std::string name_;
  std::string buffer_;
  size_t begin_ = 0;
};

// Collects packets and writes them in large pieces; nothing is sent for sure before send().
class PacketWriter {
 public:
  PacketWriter(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  Status text(std::string_view line);     // a newline is added
  Status content(std::string_view data);  // any size, cut into packets
  Status flush();                         // a flush packet, then send()
  Status delimiter();
  Status send();

 private:
  Status packet(std::string_view payload);
  int fd_;
  std::string name_;
  std::string pending_;
};

}  // namespace lfsguard::git
