// JSON written as it goes: for results too large to build in memory first (a finding can name thousands of refs).
//
// Keys and strings are given as bytes; text that is not UTF-8 has each bad byte as U+FFFD. The caller keeps the nesting right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lfsguard {

// Quoted and escaped; each byte that is not part of sound UTF-8 becomes U+FFFD.
std::string json_string(std::string_view bytes);
bool is_utf8(std::string_view bytes);
// The same bytes, each that is not part of sound UTF-8 as U+FFFD.
std::string sound_utf8(std::string_view bytes);
std::string base64(std::string_view bytes);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name) {
    separate();
    out_ += json_string(name);
    out_ += ": ";
    fresh_ = true;
  }
  void string(std::string_view bytes) { raw(json_string(bytes)); }
  void number(uint64_t value) { raw(std::to_string(value)); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  // A value that is JSON already.
  void raw(std::string_view json) {
    separate();
    out_ += json;
    fresh_ = false;
  }

 private:
  void separate() {
    if (!fresh_) out_ += ", ";
    fresh_ = true;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    fresh_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  std::string& out_;
  bool fresh_ = true;
};

}  // namespace lfsguard
