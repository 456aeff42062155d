#include "rewrite/run_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/durable_file.h"
#include "base/file_descriptor.h"

namespace lfsguard::rewrite {
namespace {

using nlohmann::json;

std::string root_of(const git::RepositoryLayout& layout) { return layout.private_dir() + "/rewrite"; }

// Bytes that may not be UTF-8 as a JSON string: each byte as the code point of its value.
std::string widened(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

std::string narrowed(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80 || i + 1 == text.size())
      bytes += text[i];
    else
      bytes += static_cast<char>(byte << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f));
  }
  return bytes;
}

ObjectId oid_of(const json& value) { return ObjectId::from_hex(value.get<std::string>()).value_or(ObjectId{}); }

std::string timestamp(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::strftime(text, sizeof text, format, &utc);
  return text;
}

constexpr int kLockAttempts = 50;
constexpr std::chrono::milliseconds kLockPause(20);

constexpr const char* kHeldVariable = "LFSGUARD_RUN_UNDER_WAY";  // for the programs that a run starts: the folder of ours that it is in

constexpr std::string_view kStates[] = {"prepared", "refs-moved", "done", "undone"};

}  // namespace

Result<std::optional<RunLock>> RunLock::take(const git::RepositoryLayout& layout) {
  TRY(make_directories(root_of(layout)));
  FileDescriptor fd = TRY(open_file(root_of(layout) + "/lock", O_RDWR | O_CREAT));
  // A run that was killed while it started a program leaves a process that goes away in a moment, and has the lock until then.
  for (int attempt = 0; attempt < kLockAttempts; ++attempt) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      ::setenv(kHeldVariable, layout.private_dir().c_str(), 1);
      return std::optional(RunLock(std::move(fd)));
    }
    if (errno != EWOULDBLOCK) return fail(errno_error("cannot lock", root_of(layout) + "/lock"));
    std::this_thread::sleep_for(kLockPause);
  }
  return std::optional<RunLock>();
}

bool RunLock::is_held_by_parent(const git::RepositoryLayout& layout) {
  const char* held = std::getenv(kHeldVariable);
  return held && layout.private_dir() == held;
}

std::string name_of(Journal::State state) { return std::string(kStates[static_cast<size_t>(state)]); }

RunFolder::RunFolder(const git::RepositoryLayout& layout, std::string run) : root_(root_of(layout)), run_(std::move(run)), path_(root_ + "/" + run_) {}

RunFolder RunFolder::make(const git::RepositoryLayout& layout) {
  const std::string base = timestamp("%Y%m%d-%H%M%S");
  std::string run = base;
  for (int i = 2; ::access((root_of(layout) + "/" + run).c_str(), F_OK) == 0; ++i) run = fmt::format("{}-{}", base, i);
  return RunFolder(layout, run);
}

std::vector<std::string> RunFolder::all(const git::RepositoryLayout& layout) {
  std::vector<std::string> runs;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(root_of(layout).c_str()), ::closedir);
  if (!folder) return runs;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && ::access((root_of(layout) + "/" + name + "/journal.json").c_str(), F_OK) == 0) runs.push_back(name);
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

std::optional<std::string> RunFolder::pending(const git::RepositoryLayout& layout) {
  auto text = read_file(root_of(layout) + "/pending");
  if (!text) return std::nullopt;
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return *text;
}

Status RunFolder::write(const std::string& name, const std::string& bytes) const {
  TRY(make_directories(path_));
  return replace_file_durably(path_ + "/" + name, bytes);
}

Status RunFolder::write(const std::string& name, const std::function<void(std::string&)>& next) const {
  TRY(make_directories(path_));
  TemporaryFile file = TRY(TemporaryFile::create(path_, name + ".lfsguard-"));
  for (std::string piece; next(piece), !piece.empty(); piece.clear()) TRY(write_all(file.fd(), piece, file.path()));
  return file.publish(path_ + "/" + name, default_file_mode());
}

Result<Journal> RunFolder::journal() const {
  const auto text = read_file(path_ + "/journal.json");
  if (!text) return fail(ErrorKind::not_found, "there is no such run", run_, "lfsguard rewrite --runs lists them");
  const json value = json::parse(*text, nullptr, false);
  if (value.is_discarded() || !value.is_object()) return fail(ErrorKind::corrupt, "the journal of a run is damaged", path_ + "/journal.json");
  Journal journal;
  try {
    journal.run = value.at("run").get<std::string>();
    journal.started = value.value("started", "");
    journal.undo = value.value("undo", false);
    const auto state = std::find(std::begin(kStates), std::end(kStates), value.at("state").get<std::string>());
    if (state == std::end(kStates)) return fail(ErrorKind::corrupt, "the journal of a run is damaged", path_ + "/journal.json");
    journal.state = static_cast<Journal::State>(state - std::begin(kStates));
    for (const json& ref : value.at("refs")) journal.refs.push_back({narrowed(ref.at("name").get<std::string>()), oid_of(ref.at("old")), oid_of(ref.at("new"))});
    for (const json& tree : value.at("work_trees")) {
      journal.work_trees.push_back({narrowed(tree.at("path").get<std::string>()), oid_of(tree.at("old")), oid_of(tree.at("new")), {}});
      for (const json& file : tree.value("written_anew", json::array())) journal.work_trees.back().written_anew.push_back(narrowed(file.get<std::string>()));
    }
    for (const json& pack : value.at("packs")) journal.packs.push_back(narrowed(pack.get<std::string>()));
    for (const json& line : value.at("stash_log")) journal.stash_log.push_back(narrowed(line.get<std::string>()));
  } catch (const json::exception& exception) {
    return fail(ErrorKind::corrupt, "the journal of a run is damaged", path_ + "/journal.json: " + exception.what());
  }
  return journal;
}

Status RunFolder::put(const Journal& journal) const {
  json refs = json::array(), trees = json::array(), packs = json::array(), stash = json::array();
  for (const RefChange& ref : journal.refs) refs.push_back({{"name", widened(ref.name)}, {"old", ref.old_oid.hex()}, {"new", ref.new_oid.hex()}});
  for (const WorkTreeChange& tree : journal.work_trees) {
    json written = json::array();
    for (const std::string& file : tree.written_anew) written.push_back(widened(file));
    trees.push_back({{"path", widened(tree.path)}, {"old", tree.old_commit.hex()}, {"new", tree.new_commit.hex()}, {"written_anew", written}});
  }
  for (const std::string& pack : journal.packs) packs.push_back(widened(pack));
  for (const std::string& line : journal.stash_log) stash.push_back(widened(line));
  const json value = {{"run", run_},     {"started", journal.started.empty() ? timestamp("%Y-%m-%dT%H:%M:%SZ") : journal.started},
                      {"state", name_of(journal.state)}, {"undo", journal.undo}, {"refs", refs}, {"work_trees", trees}, {"packs", packs}, {"stash_log", stash}};
  const std::string mark = root_ + "/pending";
  // A journal that says `prepared` is never without its mark: nobody would finish that run. What a mark without one means, finish_pending knows.
  const bool under_way = journal.state == Journal::State::prepared || journal.state == Journal::State::refs_moved;
  if (under_way) TRY(replace_file_durably(mark, run_ + "\n"));
  TRY(write("journal.json", value.dump(1) + "\n"));
  if (under_way) return {};
  ::unlink(mark.c_str());
  return sync_directory(root_);
}

Status RunFolder::remove() const {
  std::error_code code;
  std::filesystem::remove_all(path_, code);
  if (code) return fail(ErrorKind::io, "cannot remove the files of a run", path_ + ": " + code.message());
  return {};
}

}  // namespace lfsguard::rewrite
