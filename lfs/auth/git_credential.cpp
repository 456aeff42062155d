#include "lfs/auth/git_credential.h"

#include "base/subprocess.h"
#include "git/process/git_command.h"

namespace lfsguard::lfs {
namespace {

std::string lines_of(const Credential& credential) {
  std::string text;
  const auto add = [&](const char* key, const std::string& value) {
    // A line break inside a value would become another key: git refuses such URLs too.
    if (value.empty() || value.find_first_of(std::string("\n\0", 2)) != std::string::npos) return;
    text += std::string(key) + "=" + value + "\n";
  };
  add("protocol", credential.protocol);
  add("host", credential.host);
  add("path", credential.path);
  add("username", credential.username);
  add("password", credential.password);
  return text + "\n";
}

void tell(const std::string& directory, const char* verb, const Credential& credential) {
  Command command = git::git_command({"credential", verb}, directory);
  command.input = lines_of(credential);
  (void)run(command);
}

}  // namespace

Result<Credential> GitCredential::fill(const Url& url) {
  Credential question;
  question.protocol = url.scheme;
  question.host = url.host + (url.port.empty() ? "" : ":" + url.port);
  if (use_path_ && url.path.size() > 1) question.path = url.path.substr(1);
  question.username = url.user;
  Command command = git::git_command({"credential", "fill"}, directory_);
  command.input = lines_of(question);
  command.standard_error = Command::Stderr::inherit;  // git's prompt
  const Completed completed = TRY(run(command));
  if (completed.status != 0)
    return fail(ErrorKind::auth, "no user and password are known for", url.origin(),
                "store them with a git credential helper, or run the command where git can ask");
  Credential answer = question;
  for (const std::string_view line : git::split_lines(completed.output)) {
    const auto take = [&](std::string_view key, std::string& into) {
      if (line.starts_with(key)) into = line.substr(key.size());
    };
    take("protocol=", answer.protocol);
    take("host=", answer.host);
    take("path=", answer.path);
    take("username=", answer.username);
    take("password=", answer.password);
  }
  return answer;
}

void GitCredential::approve(const Credential& credential) { tell(directory_, "approve", credential); }
void GitCredential::reject(const Credential& credential) { tell(directory_, "reject", credential); }

}  // namespace lfsguard::lfs
