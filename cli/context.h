// What a command works with: its streams, the repository it was started in, and who watches. Commands print through
// here and nowhere else.
//
// Results go to stdout or --output FILE (which appears whole when the command is done, not before); everything else
// goes to stderr.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"
#include "cli/arguments.h"
#include "config/policy_sources.h"
#include "git/process/repository_layout.h"
#include "report/progress.h"
#include "report/terminal.h"

namespace lfsguard::cli {

// What --color says.
report::ColorChoice color_choice(const Arguments& arguments);

class Context {
 public:
  // Takes the global flags out of the parsed line; changes to -C DIR. Usage errors only.
  static Result<std::unique_ptr<Context>> create(const ParsedLine& parsed);

  // --- streams
  void print(std::string_view text);          // results, exactly as given
  void note(std::string_view line);           // one line on stderr, a newline added; not with --quiet
  void warn(std::string_view line);           // "lfsguard: warning: <line>", also with --quiet
  void complain(const Error& error);          // an error that does not end the command (a file of many)
  void complain_line(std::string_view line);  // one line on stderr, also with --quiet
  // Writes out what print() gathered. Called by the program after run(); commands that hand the terminal to a child
  // call it before.
  Status flush();

  // --- the global flags
  const std::string& format() const { return format_; }  // "text" when not given
  bool json() const { return format_ == "json"; }
  bool quiet() const { return quiet_; }
  bool verbose() const { return verbose_; }
  bool color() const { return color_results_; }                      // of results
  bool color_notes() const { return color_notes_; }                  // of stderr
  const std::string& command_name() const { return command_name_; }  // "scan", "lfs push"

  // Bars on a terminal, lines elsewhere, nothing with --quiet or --no-progress.
  Progress& progress() { return *progress_; }

  // --- the repository of the current folder, found once. Errors as discover_repository.
  Result<const git::RepositoryLayout*> repository();

  // The same where there may be none (nullptr): commands that also work outside of repositories. SHA-256 repositories
  // are an error here too.
  Result<const git::RepositoryLayout*> repository_if_any();

  // git's configuration here, read once.
  Result<const config::GitConfig*> git_config();

  // The policy from every source of settings; layout and git_config are filled in, warnings (unknown keys) are printed.
  // Not kept: sources differ.
  Result<config::LoadedPolicy> policy(config::PolicySources sources = {});

  // Where this program is: "/usr/local/bin/lfsguard", links resolved.
  static std::string program_path();
  // <prefix>/libexec/lfsguard/lfsguard-hook of this program, or lfsguard-hook beside it (a build folder).
  static std::string hook_program_path();

 private:
  Context() = default;
  std::string format_ = "text", output_file_, command_name_, gathered_;
  bool quiet_ = false, verbose_ = false, color_results_ = false, color_notes_ = false;
  std::unique_ptr<report::ProgressMeter> progress_;
  std::optional<git::RepositoryLayout> layout_;
  std::optional<config::GitConfig> git_config_;
};

}  // namespace lfsguard::cli
