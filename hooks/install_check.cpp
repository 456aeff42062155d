#include "hooks/install_check.h"

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>

#include "git/process/git_command.h"
#include "hooks/install_changes.h"
#include "hooks/install_stub.h"

namespace lfsguard::hooks {
namespace {

// A folder that goes away with the object.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make() {
    const char* temporary = std::getenv("TMPDIR");
    std::string path = std::string(temporary && *temporary ? temporary : "/tmp") + "/lfsguard-check-XXXXXX";
    if (!::mkdtemp(path.data())) return fail(errno_error("cannot make a scratch folder", path));
    return ScratchFolder(std::move(path));
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Away from the user's configuration and from a repository that the environment names.
Result<Completed> run_apart(const std::string& folder, std::vector<std::string> words) {
  Command command;
  command.arguments = std::move(words);
  command.directory = folder;
  command.input = "";
  command.environment = {"HOME=" + folder,
                         "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_AUTHOR_NAME=lfsguard",
                         "LC_ALL=C",
                         "GIT_AUTHOR_EMAIL=check@lfsguard.invalid",
                         "GIT_COMMITTER_NAME=lfsguard",
                         "GIT_COMMITTER_EMAIL=check@lfsguard.invalid"};
  for (const char* name :
       {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
        "GIT_CONFIG_COUNT", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_PARAMETERS", "GIT_NAMESPACE",
        "XDG_CONFIG_HOME", "LFSGUARD_SKIP", "LFSGUARD_JUDGED", "LFSGUARD_THRESHOLD", "LFSGUARD_MODE",
        "LFSGUARD_RULES_OVERSIZE", "LFSGUARD_TRACE"})
    command.environment.emplace_back(name);
  return run(command);
}

tl::unexpected<Error> failed(const std::string& what, const Completed& completed) {
  Error error{
      ErrorKind::io, "the self-test failed: " + what, "", "run install.sh again, or report what is said above", {}};
  for (const std::string_view line : git::split_lines(completed.output)) error.causes.emplace_back(line);
  for (const std::string_view line : git::split_lines(completed.error_output)) error.causes.emplace_back(line);
  return fail(std::move(error));
}

Status must_pass(const std::string& folder, std::vector<std::string> words, const std::string& what) {
  const Completed completed = TRY(run_apart(folder, std::move(words)));
  if (completed.status != 0) return failed(what, completed);
  return {};
}

}  // namespace

Status check_installation(const Programs& programs) {
  const ScratchFolder scratch = TRY(ScratchFolder::make());
  const std::string& folder = scratch.path();
  TRY(must_pass(folder, {"git", "init", "-q", "--template=", "."}, "no scratch repository could be made"));

  const Completed scan = TRY(run_apart(folder, {programs.lfsguard, "scan"}));
  if (scan.status != 0 || (scan.output + scan.error_output).find("0 objects scanned") == std::string::npos)
    return failed("a scan of nothing does not say \"0 objects scanned\"", scan);

  Changes quiet(false, [](std::string_view) {});
  TRY(quiet.write_file(folder + "/.git/hooks/pre-commit", stub_text(StubKind::repository, "pre-commit", programs.hook),
                       true));
  TRY(quiet.write_file(
      folder + "/.git/config",
      "[core]\n\trepositoryformatversion = 0\n\tbare = false\n[lfsguard]\n\tthreshold = 1000\n\tmode = block\n"
      "[lfsguard \"rules\"]\n\toversize = error\n",
      false));
  TRY(quiet.write_file(folder + "/small.txt", "small\n", false));
  TRY(must_pass(folder, {"git", "add", "small.txt"}, "git add does not work"));
  TRY(must_pass(folder, {"git", "commit", "-q", "-m", "small"}, "a commit of a small file was stopped"));

  TRY(quiet.write_file(folder + "/big.bin", std::string(2000, 'x'), false));
  TRY(must_pass(folder, {"git", "add", "big.bin"}, "git add does not work"));
  const Completed big = TRY(run_apart(folder, {"git", "commit", "-q", "-m", "big"}));
  if (big.status == 0 || big.error_output.find("big.bin") == std::string::npos)
    return failed("a commit of a file over the limit was not stopped", big);
  return {};
}

}  // namespace lfsguard::hooks
