#include "lfs/filter/filter_process.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "git/process/pkt_line.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {
namespace {

using git::Packet;

// The "key=value" lines before a file's content.
struct Request {
  std::string command, path;
  bool can_delay = false;
};

Request parse_request(const std::vector<std::string>& lines) {
  Request request;
  for (const std::string_view line : lines) {
    const auto value = [&](std::string_view key) { return std::string(line.substr(key.size())); };
    if (line.starts_with("command=")) request.command = value("command=");
    if (line.starts_with("pathname=")) request.path = value("pathname=");
    if (line == "can-delay=1") request.can_delay = true;
  }
  return request;
}

// One file's content as git sends it, up to the flush packet.
class Content {
 public:
  explicit Content(git::PacketReader& reader) : reader_(reader) {}

  Result<size_t> read(char* buffer, size_t size) {
    size_t total = 0;
    while (total < size && !ended_) {
      if (pending_.empty()) {
        const Packet packet = TRY(reader_.read());
        if (packet.kind == Packet::Kind::flush)
          ended_ = true;
        else if (packet.kind == Packet::Kind::data)
          pending_ = packet.payload;
        else
          return fail(ErrorKind::corrupt, "git stopped inside a file's content", "filter process");
        continue;
      }
      const size_t n = std::min(size - total, pending_.size());
      std::memcpy(buffer + total, pending_.data(), n);
      pending_.remove_prefix(n);
      total += n;
    }
    return total;
  }
  Status skip() {
    char buffer[65536];
    while (!ended_) TRY(read(buffer, sizeof buffer));
    return {};
  }
  ByteSource source() {
    return [this](char* buffer, size_t size) { return read(buffer, size); };
  }

 private:
  git::PacketReader& reader_;
  std::string_view pending_;
  bool ended_ = false;
};

class FilterProcess {
 public:
  FilterProcess(int input, int output, const FilterServices& services)
      : reader_(input, "git's filter pipe"), writer_(output, "git's filter pipe"), services_(services) {}

  Status run() {
    if (!TRY(shake_hands())) return {};
    for (;;) {
      const std::optional<std::vector<std::string>> lines = TRY(reader_.read_list());
      if (!lines) break;
      TRY(answer(parse_request(*lines)));
    }
    if (!not_pointers_.empty()) report_not_pointers();
    return {};
  }

 private:
  Result<bool> shake_hands() {
    const std::optional<std::vector<std::string>> hello = TRY(reader_.read_list());
    if (!hello) return false;
    if (hello->empty() || hello->front() != "git-filter-client" ||
        std::ranges::find(*hello, "version=2") == hello->end())
      return fail(ErrorKind::unsupported, "git speaks another filter protocol", hello->empty() ? "" : hello->back(),
                  "this program is started by git as filter.lfs.process");
    TRY(writer_.text("git-filter-server"));
    TRY(writer_.text("version=2"));
    TRY(writer_.flush());
    const std::optional<std::vector<std::string>> offered = TRY(reader_.read_list());
    if (!offered) return false;
    for (const char* capability : {"capability=clean", "capability=smudge", "capability=delay"})
      if (std::ranges::find(*offered, capability) != offered->end()) TRY(writer_.text(capability));
    TRY(writer_.flush());
    return true;
  }

  Status answer(const Request& request) {
    if (request.command == "clean") return answer_clean(request);
    if (request.command == "smudge") return answer_smudge(request);
    if (request.command == "list_available_blobs") return answer_available();
    Content content(reader_);
    TRY(content.skip());
    return say_status("error");
  }

  Status say_status(std::string_view status) {
    TRY(writer_.text("status=" + std::string(status)));
    return writer_.flush();
  }

  // A file's failure: git is told, the person reads why.
  Status refuse(const Error& error) {
    services_.note(to_line(error) + (error.hint.empty() ? "" : "; hint: " + error.hint));
    return say_status("error");
  }

  Status answer_clean(const Request& request) {
    Content content(reader_);
    const Result<Cleaned> cleaned = services_.clean(request.path, content.source());
    if (!cleaned) {
      TRY(content.skip());
      return refuse(Error(cleaned.error()).because("cannot clean", request.path));
    }
    TRY(say_status("success"));
    TRY(writer_.content(cleaned->output));
    TRY(writer_.flush());
    return writer_.flush();
  }

  Status answer_smudge(const Request& request) {
    Content content(reader_);
    std::string head(kPointerSizeLimit, '\0');
    head.resize(TRY(content.read(head.data(), head.size())));
    // git sends the content again with the second request of a delayed file, or nothing.
    const auto delayed = delayed_.find(request.path);
    if (head.empty() && delayed != delayed_.end()) head = format_pointer(delayed->second.pointer);
    const ParsedPointer parsed = parse_pointer(head);
    if (!parsed.is_pointer()) return pass_through(request.path, head, content);
    TRY(content.skip());
    if (delayed != delayed_.end()) {
      const Delayed was = std::move(delayed->second);
      delayed_.erase(delayed);
      if (!was.status) return answer_unavailable(request.path, parsed.pointer, was.status.error());
    } else if (request.can_delay && !services_.policy.keeps_pointer(request.path) &&
               !is_here(services_.store, parsed.pointer)) {
      services_.missing.want(request.path, parsed.pointer);
      delayed_.emplace(request.path, Delayed{parsed.pointer, {}});
      return say_status("delayed");
    }
    return send_smudged(request.path, head);
  }

  Status answer_unavailable(const std::string& path, const Pointer& pointer, const Error& error) {
    if (!services_.policy.skip_download_errors)
      return refuse(Error(error).because("cannot get the LFS object of", path));
    services_.note("LFS object of " + path + " could not be had, its pointer stays: " + to_line(error));
    TRY(say_status("success"));
    TRY(writer_.content(format_pointer(pointer)));
    TRY(writer_.flush());
    return writer_.flush();
  }

  // "success" goes out with the first byte, so that a failure before it is still a clean refusal.
  Status send_smudged(const std::string& path, std::string_view head) {
    bool begun = false;
    const auto begin = [&]() -> Status {
      if (std::exchange(begun, true)) return {};
      return say_status("success");
    };
    const ByteSink sink = [&](std::string_view data) -> Status {
      TRY(begin());
      return writer_.content(data);
    };
    const ByteSource nothing = [](char*, size_t) -> Result<size_t> { return size_t{0}; };
    const Status status =
        smudge(services_.store, services_.policy, services_.missing, path, head, nothing, sink, services_.note);
    if (!status && !begun) return refuse(status.error());
    TRY(begin());
    TRY(writer_.flush());
    if (!status) return refuse(status.error());
    return writer_.flush();
  }

  Status pass_through(const std::string& path, std::string_view head, Content& content) {
    not_pointers_.push_back(path);
    if (head.size() < kPointerSizeLimit) {
      TRY(say_status("success"));
      TRY(writer_.content(head));
      TRY(writer_.flush());
      return writer_.flush();
    }
    // All of it has to be read before git reads anything.
    TRY(make_store_folder(services_.store, services_.store.tmp_dir()));
    TemporaryFile spool = TRY(TemporaryFile::create(services_.store.tmp_dir(), "lfsguard-smudge-"));
    std::string buffer(256 << 10, '\0');
    TRY(write_all(spool.fd(), head, spool.path()));
    for (size_t n = buffer.size(); n == buffer.size();) {
      n = TRY(content.read(buffer.data(), buffer.size()));
      TRY(write_all(spool.fd(), std::string_view(buffer).substr(0, n), spool.path()));
    }
    if (::lseek(spool.fd(), 0, SEEK_SET) != 0) return fail(errno_error("cannot rewind", spool.path()));
    TRY(say_status("success"));
    for (size_t n = buffer.size(); n == buffer.size();) {
      n = TRY(read_some(spool.fd(), buffer.data(), buffer.size(), spool.path()));
      TRY(writer_.content(std::string_view(buffer).substr(0, n)));
    }
    TRY(writer_.flush());
    return writer_.flush();
  }

  // git calls this until the answer is empty. A failed object is named too: the request that follows hears why.
  Status answer_available() {
    for (MissingObjects::Outcome& outcome : services_.missing.wait()) {
      const auto delayed = delayed_.find(outcome.path);
      if (delayed == delayed_.end()) continue;
      delayed->second.status = std::move(outcome.status);
      TRY(writer_.text("pathname=" + outcome.path));
    }
    TRY(writer_.flush());
    return say_status("success");
  }

  void report_not_pointers() {
    const size_t count = not_pointers_.size();
    services_.note("Encountered " + std::to_string(count) + (count == 1 ? " file" : " files") +
                   " that should have been " + (count == 1 ? "a pointer, but wasn't:" : "pointers, but weren't:"));
    for (const std::string& path : not_pointers_) services_.note("\t" + path);
  }

  struct Delayed {
    Pointer pointer;
    Status status;
  };
  git::PacketReader reader_;
  git::PacketWriter writer_;
  const FilterServices& services_;
  std::map<std::string, Delayed> delayed_;
  std::vector<std::string> not_pointers_;
};

}  // namespace

Status run_filter_process(int input, int output, const FilterServices& services) {
  return FilterProcess(input, output, services).run();
}

}  // namespace lfsguard::lfs
