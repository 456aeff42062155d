#include "cli/context.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "cli/rewrite_install.h"
#include "report/error_text.h"
#include "rewrite/ref_swap.h"

namespace lfsguard::cli {
namespace {

constexpr size_t kGatherAtMost = 1 << 16;

void write_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(2, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // nobody is left to be told
    text.remove_prefix(static_cast<size_t>(n));
  }
}

// A reader that has gone (`| head`) ends the program the way it ends every other one.
[[noreturn]] void die_of_broken_pipe() {
  ::signal(SIGPIPE, SIG_DFL);
  ::raise(SIGPIPE);
  ::_exit(141);
}

}  // namespace

report::ColorChoice color_choice(const Arguments& arguments) {
  const std::string color = arguments.value("--color").value_or("auto");
  if (color == "always") return report::ColorChoice::always;
  return color == "never" ? report::ColorChoice::never : report::ColorChoice::automatic;
}

Result<std::unique_ptr<Context>> Context::create(const ParsedLine& parsed) {
  std::unique_ptr<Context> context(new Context);
  const Arguments& arguments = parsed.arguments;
  context->command_name_ = parsed.name;
  for (const std::string& directory : arguments.values("-C"))
    if (::chdir(directory.c_str()) != 0) return fail(errno_error("cannot change to", directory));
  if (const auto format = arguments.value("--format")) {
    context->format_ = *format;
  } else if (parsed.command) {
    const std::string_view formats = parsed.command->formats;
    context->format_ = formats.substr(0, formats.find('|'));
  }
  if (const auto file = arguments.value("--output"); file && *file != "-") context->output_file_ = *file;
  context->quiet_ = arguments.has("--quiet");
  context->verbose_ = arguments.has("--verbose");

  const auto choice = color_choice(arguments);
  const bool to_file = !context->output_file_.empty();
  context->color_results_ = to_file ? choice == report::ColorChoice::always : report::use_color(choice, 1);
  context->color_notes_ = report::use_color(choice, 2);
  context->progress_ = report::stderr_progress(!context->quiet_ && !arguments.has("--no-progress"));
  return context;
}

void Context::print(std::string_view text) {
  gathered_ += text;
  if (output_file_.empty() && gathered_.size() >= kGatherAtMost) (void)flush();
}

void Context::note(std::string_view line) {
  if (!quiet_) complain_line(line);
}

void Context::warn(std::string_view line) {
  progress_->clear();
  if (output_file_.empty()) (void)flush();
  write_stderr((color_notes_ ? "lfsguard: \033[33mwarning:\033[0m " : "lfsguard: warning: ") + std::string(line) +
               "\n");
}

void Context::complain(const Error& error) {
  progress_->clear();
  if (output_file_.empty()) (void)flush();
  write_stderr(report::error_text(error, color_notes_));
}

void Context::complain_line(std::string_view line) {
  progress_->clear();
  if (output_file_.empty()) (void)flush();
  write_stderr(std::string(line) + "\n");
}

Status Context::flush() {
  progress_->clear();
  std::string text;
  text.swap(gathered_);
  if (!output_file_.empty()) {
    struct stat info {};
    if (::stat(output_file_.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
      const FileDescriptor device = TRY(open_file(output_file_, O_WRONLY));
      return write_all(device.get(), text, output_file_);
    }
    return replace_file_durably(output_file_, text);
  }
  if (text.empty()) return {};
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t n = ::write(1, rest.data(), rest.size());
    if (n >= 0) {
      rest.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EPIPE) {
      die_of_broken_pipe();
    } else if (errno != EINTR) {
      return fail(errno_error("cannot write the result", "standard output"));
    }
  }
  return {};
}

Result<const git::RepositoryLayout*> Context::repository() {
  if (layout_) return &*layout_;
  layout_ = TRY(git::discover_repository());
  // git is asked from other folders than this one, in which a relative path would mean something else.
  for (const auto& [name, path] : {std::pair("GIT_DIR", &layout_->git_dir), std::pair("GIT_COMMON_DIR", &layout_->common_dir), std::pair("GIT_WORK_TREE", &layout_->work_tree)})
    if (const char* given = std::getenv(name); given && *given && *given != '/' && !path->empty()) ::setenv(name, path->c_str(), 1);
  // A rewrite that was killed half-way is finished (or taken back) before anything else looks at the repository.
  if (::access((layout_->private_dir() + "/rewrite/pending").c_str(), F_OK) == 0)
    if (const std::string said = TRY(rewrite::finish_pending(*layout_, surroundings_of_killed_run(*this, *layout_))); !said.empty()) note(said);
  return &*layout_;
}

Result<const git::RepositoryLayout*> Context::repository_if_any() {
  auto found = repository();
  if (!found && found.error().kind == ErrorKind::not_found) return nullptr;
  return found;
}

Result<const config::GitConfig*> Context::git_config() {
  if (!git_config_) git_config_ = TRY(config::GitConfig::read());
  return &*git_config_;
}

Result<config::LoadedPolicy> Context::policy(config::PolicySources sources) {
  if (!sources.layout) sources.layout = TRY(repository_if_any());
  if (!sources.git_config && !sources.server) sources.git_config = TRY(git_config());
  config::LoadedPolicy loaded = TRY(config::load_policy_with_origins(sources));
  for (const std::string& warning : loaded.policy.warnings) warn(warning);
  return loaded;
}

std::string Context::program_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : "lfsguard";
}

std::string Context::hook_program_path() {
  const std::string program = program_path();
  const std::string folder = program.substr(0, program.rfind('/'));
  const std::string beside = folder + "/lfsguard-hook";
  if (::access(beside.c_str(), X_OK) == 0) return beside;
  return folder.substr(0, folder.rfind('/')) + "/libexec/lfsguard/lfsguard-hook";
}

}  // namespace lfsguard::cli
