#include "git/process/pkt_line.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "base/file_descriptor.h"
#include "tests/support/catch.h"

namespace lfsguard::git {
namespace {

struct Pipe {
  FileDescriptor out, in;
  Pipe() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    out.reset(ends[0]);
    in.reset(ends[1]);
  }
};

std::string written(const std::function<void(PacketWriter&)>& use) {
  Pipe pipe;
  PacketWriter writer(pipe.in.get(), "pipe");
  use(writer);
  pipe.in.reset();
  return *read_all(pipe.out.get(), "pipe");
}

Result<Packet> first_packet(std::string_view bytes) {
  Pipe pipe;
  REQUIRE(write_all(pipe.in.get(), bytes, "pipe").has_value());
  pipe.in.reset();
  PacketReader reader(pipe.out.get(), "pipe");
  return reader.read();
}

}  // namespace

TEST_CASE("lines, delimiters and flushes are framed as git frames them") {
  CHECK(written([](PacketWriter& writer) {
          (void)writer.text("version=2");
          (void)writer.delimiter();
          (void)writer.content("ab");
          (void)writer.flush();
        }) == "000eversion=2\n00010006ab0000");
}

TEST_CASE("content of any size comes back as it was, in packets of at most 65516 bytes") {
  Pipe pipe;
  const std::string content(300000, 'x');
  std::thread sender([&] {
    PacketWriter writer(pipe.in.get(), "pipe");
    (void)writer.content(content);
    (void)writer.flush();
    pipe.in.reset();
  });
  PacketReader reader(pipe.out.get(), "pipe");
  std::string received;
  size_t longest = 0;
  for (;;) {
    const Result<Packet> packet = reader.read();
    REQUIRE(packet.has_value());
    if (packet->kind != Packet::Kind::data) break;
    received += packet->payload;
    longest = std::max(longest, packet->payload.size());
  }
  sender.join();
  CHECK(received == content);
  CHECK(longest == kPacketPayloadMax);
  CHECK(reader.read()->kind == Packet::Kind::end);
}

TEST_CASE("a list ends at a flush; a closed pipe is no list") {
  Pipe pipe;
  REQUIRE(write_all(pipe.in.get(), "0006a\n0006b\n0000", "pipe").has_value());
  pipe.in.reset();
  PacketReader reader(pipe.out.get(), "pipe");
  CHECK(**reader.read_list() == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(reader.read_list()->has_value());
}

TEST_CASE("broken frames are errors") {
  CHECK(first_packet("zzzz").error().kind == ErrorKind::corrupt);
  CHECK(first_packet("0003").error().kind == ErrorKind::corrupt);
  CHECK(first_packet("00").error().kind == ErrorKind::corrupt);
  CHECK(first_packet("0009ab").error().kind == ErrorKind::corrupt);
  CHECK(first_packet("0000")->kind == Packet::Kind::flush);
  CHECK(first_packet("0004")->payload.empty());
}

}  // namespace lfsguard::git
