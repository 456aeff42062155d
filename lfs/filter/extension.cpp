#include "lfs/filter/extension.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "base/subprocess.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {
namespace {

// %f becomes the path, as one word for the shell.
std::string command_line(const std::string& pattern, const std::string& path) {
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  quoted += "'";
  std::string line;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.compare(i, 2, "%f") == 0) {
      line += quoted;
      ++i;
    } else {
      line += pattern[i];
    }
  }
  return line;
}

Result<TemporaryFile> spool(const ObjectStore& store) {
  TRY(make_store_folder(store, store.tmp_dir()));
  return TemporaryFile::create(store.tmp_dir(), "lfsguard-ext-");
}

// Feeds the file `from` to a program and keeps what it says in `to`.
Result<Digested> run_program(const Extension& extension, const std::string& line, const std::string& from,
                             TemporaryFile& to) {
  Command command;
  command.arguments = {"sh", "-c", line};
  Subprocess child = TRY(Subprocess::start(command, {true, true, false}));
  struct sigaction ignore {
  }, old{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &old);
  Status fed;
  std::thread feeder([&] {
    const auto feed = [&]() -> Status {
      const FileDescriptor file = TRY(open_file(from, O_RDONLY));
      std::string buffer(1 << 20, '\0');
      for (size_t n = buffer.size(); n == buffer.size();) {
        n = TRY(read_some(file.get(), buffer.data(), buffer.size(), from));
        if (!write_all(child.input().get(), std::string_view(buffer).substr(0, n), extension.name)) break;
      }
      return {};
    };
    fed = feed();
    child.input().reset();
  });
  Result<Digested> digested = copy_and_hash(source_of(child.output().get(), extension.name), to.fd(), to.path());
  feeder.join();
  ::sigaction(SIGPIPE, &old, nullptr);
  const int status = child.wait();
  TRY(fed);
  if (!digested) return digested;
  if (status != 0)
    return fail(ErrorKind::config, "an LFS extension failed with exit code " + std::to_string(status), extension.name,
                "see lfs.extension." + extension.name + " in git config");
  return digested;
}

}  // namespace

Extensions Extensions::read(const ClientConfig& config) {
  Extensions extensions;
  for (const std::string& name : config.subsections("lfs.extension")) {
    const std::string prefix = "lfs.extension." + name;
    Extension extension{name, config.get(prefix + ".clean").value_or(""), config.get(prefix + ".smudge").value_or(""),
                        static_cast<unsigned>(std::clamp<int64_t>(config.number(prefix + ".priority", 0), 0, 9))};
    if (!extension.clean.empty() || !extension.smudge.empty()) extensions.list_.push_back(std::move(extension));
  }
  std::ranges::stable_sort(extensions.list_, {}, &Extension::priority);
  return extensions;
}

const Extension* Extensions::named(const std::string& name) const {
  const auto found = std::ranges::find(list_, name, &Extension::name);
  return found == list_.end() ? nullptr : &*found;
}

Result<Cleaned> clean_through(const Extensions& extensions, const ObjectStore& store, const std::string& path,
                              const ByteSource& source) {
  std::string head(kPointerSizeLimit, '\0');
  head.resize(TRY(source(head.data(), head.size())));
  if (parse_pointer(head).is_pointer()) return Cleaned{std::move(head), std::nullopt};
  const ByteSource nothing = [](char*, size_t) -> Result<size_t> { return size_t{0}; };
  TemporaryFile current = TRY(spool(store));
  Digested digested = TRY(
      copy_and_hash(joined(head, head.size() < kPointerSizeLimit ? nothing : source), current.fd(), current.path()));
  Pointer pointer;
  for (const Extension& extension : extensions.list()) {
    if (extension.clean.empty()) continue;
    TemporaryFile next = TRY(spool(store));
    // Numbered in the order of their run, whatever the priorities are.
    pointer.extensions.push_back({static_cast<unsigned>(pointer.extensions.size()), extension.name, digested.oid});
    digested = TRY(run_program(extension, command_line(extension.clean, path), current.path(), next));
    current = std::move(next);
  }
  pointer.oid = digested.oid;
  pointer.size = digested.size;
  if (digested.size > 0) {
    if (::lseek(current.fd(), 0, SEEK_SET) != 0) return fail(errno_error("cannot rewind", current.path()));
    TRY(insert_object(store, source_of(current.fd(), current.path())));
  }
  return Cleaned{format_pointer(pointer), std::move(pointer)};
}

Status smudge_through(const Extensions& extensions, const ObjectStore& store, const std::string& path,
                      const Pointer& pointer, const ByteSink& sink) {
  std::string current = TRY(bring_in(store, pointer.oid, pointer.size));
  TemporaryFile held = TRY(spool(store));
  for (auto step = pointer.extensions.rbegin(); step != pointer.extensions.rend(); ++step) {
    const Extension* const extension = extensions.named(step->name);
    if (!extension || extension->smudge.empty())
      return fail(
          ErrorKind::config, "this file needs an LFS extension that is not set up here", step->name,
          "set lfs.extension." + step->name + ".smudge in git config, or leave pointers with GIT_LFS_SKIP_SMUDGE=1");
    TemporaryFile next = TRY(spool(store));
    const Digested digested = TRY(run_program(*extension, command_line(extension->smudge, path), current, next));
    if (digested.oid != step->oid)
      return fail(ErrorKind::corrupt, "an LFS extension did not give back what went in", step->name + " for " + path);
    held = std::move(next);
    current = held.path();
  }
  const FileDescriptor file = TRY(open_file(current, O_RDONLY));
  std::string buffer(1 << 20, '\0');
  for (size_t n = buffer.size(); n == buffer.size();) {
    n = TRY(read_some(file.get(), buffer.data(), buffer.size(), current));
    TRY(sink(std::string_view(buffer).substr(0, n)));
  }
  return {};
}

}  // namespace lfsguard::lfs
