#include "lfs/transfer/local_transfer.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <unordered_set>

#include "base/file_descriptor.h"
#include "lfs/store/object_insert.h"

namespace lfsguard::lfs {
namespace {

bool is_folder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool is_git_directory(const std::string& path) {
  struct stat info {};
  return ::lstat((path + "/HEAD").c_str(), &info) == 0 &&
         (is_folder(path + "/objects") || ::stat((path + "/commondir").c_str(), &info) == 0);
}

std::string first_line(std::string text) {
  text.resize(std::min(text.find('\n'), text.size()));
  return text;
}

std::string joined(const std::string& base, const std::string& path) {
  return path.starts_with('/') ? path : base + "/" + path;
}

// The common directory of a git directory, made absolute.
std::string common_of(std::string git_dir) {
  if (const Result<std::string> text = read_file(git_dir + "/commondir")) git_dir = joined(git_dir, first_line(*text));
  char resolved[PATH_MAX];
  return ::realpath(git_dir.c_str(), resolved) ? resolved : git_dir;
}

TransferEvent event_of(TransferEvent::Kind kind, const TransferObject& object, Operation operation) {
  TransferEvent event;
  event.kind = kind;
  event.phase = operation == Operation::upload ? Phase::upload : Phase::download;
  event.oid = object.oid.hex();
  event.path = object.path;
  event.total = object.size;
  return event;
}

}  // namespace

Result<std::string> git_directory_at(const std::string& path) {
  for (const std::string& candidate : {path + "/.git", path, path + ".git/.git", path + ".git"}) {
    if (is_git_directory(candidate)) return common_of(candidate);
    const Result<std::string> text = is_folder(candidate) ? Result<std::string>("") : read_file(candidate);
    if (!text || !text->starts_with("gitdir: ")) continue;
    const std::string git_dir = joined(candidate.substr(0, candidate.rfind('/')), first_line(text->substr(8)));
    if (is_git_directory(git_dir)) return common_of(git_dir);
  }
  return fail(ErrorKind::not_found, "no git repository at", path, "check the remote's URL: git remote -v");
}

TransferReport transfer_locally(const ObjectStore& here, const ObjectStore& there, Operation operation,
                                const std::vector<TransferObject>& objects, const EventSink& events,
                                const std::function<void(const TransferObject&)>& finished) {
  const ObjectStore& from = operation == Operation::upload ? here : there;
  const ObjectStore& to = operation == Operation::upload ? there : here;
  TransferReport report;
  std::unordered_set<Oid> seen;
  TransferEvent summary;
  const auto emit = [&](TransferEvent::Kind kind, const TransferObject& object, uint64_t bytes,
                        const std::string& error) {
    if (!events) return;
    TransferEvent event = event_of(kind, object, operation);
    event.bytes = bytes;
    event.error = error;
    events(event);
  };
  for (const TransferObject& object : objects) {
    if (!seen.insert(object.oid).second) continue;
    summary.total += object.size;
    if (object.size == 0 || to.find(object.oid, object.size) == to.path_of(object.oid)) {
      ++report.already_there;
      emit(TransferEvent::Kind::done, object, 0, "");
      if (finished) finished(object);
      continue;
    }
    emit(TransferEvent::Kind::start, object, 0, "");
    Status status = fail(ErrorKind::not_found,
                         operation == Operation::upload ? "upload: the object is not here"
                                                        : "the other repository does not have the object",
                         object.oid.hex(),
                         operation == Operation::upload ? "get it from where it was made: lfsguard lfs fetch --all"
                                                        : "push it from a clone that has it: lfsguard lfs push --all REMOTE");
    if (const auto path = from.find(object.oid, object.size))
      status = insert_from_store(to, *path, object.oid, object.size, false);
    if (!status) {
      emit(TransferEvent::Kind::failed, object, 0, to_line(status.error()));
      report.failures.push_back({object, std::move(status.error())});
      continue;
    }
    ++report.moved;
    report.bytes += object.size;
    emit(TransferEvent::Kind::progress, object, object.size, "");
    emit(TransferEvent::Kind::done, object, object.size, "");
    if (finished) finished(object);
  }
  summary.kind = TransferEvent::Kind::summary;
  summary.phase = operation == Operation::upload ? Phase::upload : Phase::download;
  summary.bytes = report.bytes;
  if (!report.failures.empty()) summary.error = std::to_string(report.failures.size()) + " objects failed";
  if (events) events(summary);
  return report;
}

}  // namespace lfsguard::lfs
