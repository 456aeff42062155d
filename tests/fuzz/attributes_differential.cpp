// Our attributes and ignore patterns against git's, on random repositories.
//
//   attributes_differential [--cases N] [--seed S] [--round R] [--git PROGRAM] [--source cached|worktree|tree|all]
//
// A case is one path, of which git and we are asked five attributes (and, in every round, which paths a list of ignore
// patterns excludes; in every tenth, whether the patterns that we write for paths are found for them alone). One round
// is a repository with 300 paths. `--round R` repeats the one that a difference was reported for. The full run, about
// four minutes:
//
//   build/tests/fuzz/attributes_differential --cases 1000000 --seed 7
//
// `tree` asks `git check-attr --source`, which git 2.40 and later have. Exit status 1 on any difference.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "base/subprocess.h"
#include "git/attributes/attribute_stack.h"
#include "git/attributes/attributes_editor.h"
#include "git/attributes/c_quoting.h"
#include "git/attributes/ignore_pattern.h"
#include "git/attributes/pattern_writer.h"
#include "git/process/git_command.h"
#include "tests/fuzz/attributes_generator.h"

using namespace lfsguard;
using namespace lfsguard::attributes;

namespace {

constexpr size_t kPathsPerRound = 300;
const std::vector<std::string> kAttributes = {"filter", "text", "diff", "merge", "own"};

enum class Source { cached, worktree, tree };

struct Settings {
  size_t cases = 30000;
  uint64_t seed = 1;
  long round = -1;
  std::string git = "git";
  std::string source = "all";
};

[[noreturn]] void stop(const std::string& message) {
  std::fprintf(stderr, "attributes_differential: %s\n", message.c_str());
  std::exit(2);
}

class Peer {
 public:
  explicit Peer(std::string git) : git_(std::move(git)) {
    std::string pattern = "/tmp/attributes-differential-XXXXXX";
    if (!mkdtemp(pattern.data())) stop("cannot make a temporary folder");
    root_ = pattern;
    ask({"init", "-q", "."}, "");
    version_ = ask({"version"}, "");
  }
  ~Peer() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  const std::string& root() const { return root_; }
  MatchStyle style(const fuzz::GeneratedRepository& repository) const {
    return MatchStyle::of_git(version_, repository.ignore_case);
  }

  std::string ask(std::vector<std::string> arguments, std::string input, bool any_status = false) const {
    Command command;
    command.arguments = std::move(arguments);
    command.arguments.insert(command.arguments.begin(), git_);
    command.directory = root_;
    command.environment = {"GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
                           "HOME=" + root_ + "/.git"};
    command.input = std::move(input);
    const auto done = run(command);
    if (!done) stop(to_line(done.error()));
    if (done->status != 0 && !any_status) stop("git failed: " + done->error_output);
    return done->output;
  }

  // Puts the repository's attributes where `source` has git look for them.
  void write(const fuzz::GeneratedRepository& repository, Source source) const {
    for (const auto& entry : std::filesystem::directory_iterator(root_))
      if (entry.path().filename() != ".git") std::filesystem::remove_all(entry.path());
    std::filesystem::remove(root_ + "/.git/index");
    write_file(root_ + "/.git/info/attributes", repository.info);
    write_file(root_ + "/.git/global", repository.global);
    std::string exclude;
    for (const std::string& pattern : repository.ignore_patterns) exclude += pattern + "\n";
    write_file(root_ + "/.git/info/exclude", exclude);
    if (source == Source::worktree) {
      for (const auto& [directory, content] : repository.files) {
        std::filesystem::create_directories(root_ + "/" + directory);
        write_file(root_ + "/" + directory + ".gitattributes", content);
      }
      return;
    }
    std::vector<std::string> arguments = {"hash-object", "-w", "--no-filters", "--stdin-paths"};
    std::string list;
    size_t number = 0;
    for (const auto& [directory, content] : repository.files) {
      const std::string name = ".git/blob" + std::to_string(number++);
      write_file(root_ + "/" + name, content);
      list += name + "\n";
    }
    const std::string ids = ask(arguments, list);
    std::string index;
    number = 0;
    for (const auto& [directory, content] : repository.files)
      index += "100644 " + ids.substr(number++ * 41, 40) + "\t" + directory + ".gitattributes" + std::string(1, '\0');
    ask({"update-index", "-z", "--index-info"}, index);
  }

 private:
  static void write_file(const std::string& path, const std::string& content) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) stop("cannot write " + path);
    std::fwrite(content.data(), 1, content.size(), file);
    std::fclose(file);
  }
  std::string git_;
  std::string version_;
  std::string root_;
};

std::string joined(const std::vector<std::string>& paths) {
  std::string result;
  for (const std::string& path : paths) result += path + std::string(1, '\0');
  return result;
}

// A file in a directory that is itself a path component of a file makes the work tree impossible: such files are left
// out.
void keep_possible(fuzz::GeneratedRepository& repository) {
  std::set<std::string> directories;
  for (const auto& [directory, content] : repository.files)
    for (size_t slash = directory.find('/'); slash != std::string::npos; slash = directory.find('/', slash + 1))
      directories.insert(directory.substr(0, slash));
  std::erase_if(repository.paths, [&](const std::string& path) { return directories.contains(path); });
}

class OurAnswers {
 public:
  OurAnswers(const fuzz::GeneratedRepository& repository, Source source, MatchStyle style) {
    const auto parse = [](const std::string& text, ReadFrom from) { return AttributeFile::parse(text, from); };
    OuterFiles outer;
    outer.info = parse(repository.info, ReadFrom::file);
    outer.global = parse(repository.global, ReadFrom::file);
    base_ = AttributeBase(outer, style, {kAttributes.begin() + 1, kAttributes.end()});
    for (const auto& [directory, content] : repository.files)
      files_[directory] = parse(content, source == Source::worktree ? ReadFrom::file : ReadFrom::blob);
  }
  std::string answer(const std::string& path, size_t attribute) {
    const size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    auto at = stacks_.find(directory);
    if (at == stacks_.end()) {
      const auto file_of = [&](std::string_view name) {
        const auto file = files_.find(std::string(name.empty() || name.back() == '/' ? name : std::string(name) + "/"));
        return file == files_.end() ? nullptr : file->second;
      };
      at = stacks_.emplace(directory, stack_for_directory(base_, directory, file_of)).first;
    }
    return std::string(at->second.decide(attribute, std::string_view(path).substr(slash + 1)).text());
  }

 private:
  AttributeBase base_;
  std::map<std::string, std::shared_ptr<const AttributeFile>> files_;
  std::map<std::string, AttributeStack> stacks_;
};

void describe(const fuzz::GeneratedRepository& repository) {
  for (const auto& [directory, content] : repository.files)
    std::printf("  %s.gitattributes: %s\n", c_quote(directory).c_str(), c_quote(content).c_str());
  std::printf("  info: %s\n  global: %s\n", c_quote(repository.info).c_str(), c_quote(repository.global).c_str());
}

// So that a run in which nothing matches anything is not taken for a success.
struct Coverage {
  size_t decided = 0;  // answers other than "unspecified"
  size_t lfs = 0;
  size_t ignored = 0;
};
Coverage coverage;

size_t compare_attributes(const Peer& peer, const fuzz::GeneratedRepository& repository, Source source, long round) {
  std::vector<std::string> arguments = {
      "-c",         repository.ignore_case ? "core.ignoreCase=true" : "core.ignoreCase=false",
      "-c",         "core.attributesFile=" + peer.root() + "/.git/global",
      "check-attr", "--stdin",
      "-z"};
  if (source == Source::cached) arguments.push_back("--cached");
  if (source == Source::tree) {
    std::string tree = peer.ask({"write-tree"}, "");
    tree.pop_back();
    arguments.push_back("--source=" + tree);
    std::filesystem::remove(peer.root() + "/.git/index");
  }
  arguments.insert(arguments.end(), kAttributes.begin(), kAttributes.end());
  const std::string output = peer.ask(arguments, joined(repository.paths));
  const std::vector<std::string_view> fields = git::split_nul(output);
  if (fields.size() != repository.paths.size() * kAttributes.size() * 3) stop("git did not answer for every path");

  OurAnswers ours(repository, source, peer.style(repository));
  size_t differences = 0;
  for (size_t i = 0; i < repository.paths.size(); ++i)
    for (size_t k = 0; k < kAttributes.size(); ++k) {
      const std::string_view expected = fields[(i * kAttributes.size() + k) * 3 + 2];
      const std::string answer = ours.answer(repository.paths[i], k);
      coverage.decided += expected != "unspecified";
      coverage.lfs += k == 0 && expected == "lfs";
      if (answer == expected) continue;
      if (differences++ < 3)
        std::printf("round %ld, %s, ignoreCase %d: %s of %s: git says %s, we say %s\n", round,
                    source == Source::cached     ? "cached"
                    : source == Source::worktree ? "worktree"
                                                 : "tree",
                    repository.ignore_case, kAttributes[k].c_str(), c_quote(repository.paths[i]).c_str(),
                    std::string(expected).c_str(), answer.c_str());
    }
  if (differences > 0) describe(repository);
  return differences;
}

size_t compare_ignored(const Peer& peer, const fuzz::GeneratedRepository& repository, long round) {
  const std::string output = peer.ask({"-c", repository.ignore_case ? "core.ignoreCase=true" : "core.ignoreCase=false",
                                       "check-ignore", "--no-index", "--stdin", "-z"},
                                      joined(repository.paths), /*any_status=*/true);
  std::set<std::string_view> ignored;
  for (const std::string_view path : git::split_nul(output)) ignored.insert(path);
  coverage.ignored += ignored.size();
  const PathList list(repository.ignore_patterns, peer.style(repository));
  size_t differences = 0;
  for (const std::string& path : repository.paths) {
    if (list.matches(path) == ignored.contains(path)) continue;
    if (differences++ < 3)
      std::printf("round %ld, ignoreCase %d: git says %s is %signored\n", round, repository.ignore_case,
                  c_quote(path).c_str(), ignored.contains(path) ? "" : "not ");
  }
  if (differences > 0)
    for (const std::string& pattern : repository.ignore_patterns)
      std::printf("  pattern %s\n", c_quote(pattern).c_str());
  return differences;
}

// Each path's own pattern, all in one file: git must find each line for its path and for no other.
size_t compare_written(const Peer& peer, fuzz::GeneratedRepository repository, long round) {
  const std::set<std::string> unique(repository.paths.begin(), repository.paths.end());
  const std::vector<std::string> paths(unique.begin(), unique.end());
  AttributesEditor editor{std::string()};
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto matches_other = [&](std::string_view pattern) {
      const PathPattern parsed = PathPattern::parse(pattern);
      return std::any_of(paths.begin(), paths.end(), [&](const std::string& other) {
        return other != paths[i] && parsed.matches(other, std::string_view(other).substr(other.rfind('/') + 1), false);
      });
    };
    if (!editor.add_line(lfs_line(exact_pattern(paths[i], matches_other), "filter=lfs own=" + std::to_string(i))))
      stop("line too long");
  }
  repository.files = {{"", editor.bytes()}};
  repository.info.clear();
  repository.global.clear();
  peer.write(repository, Source::cached);
  const std::string output = peer.ask({"check-attr", "--cached", "--stdin", "-z", "own"}, joined(paths));
  const std::vector<std::string_view> fields = git::split_nul(output);
  if (fields.size() != paths.size() * 3) stop("git did not answer for every path");
  size_t differences = 0;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (fields[i * 3 + 2] == std::to_string(i)) continue;
    if (differences++ < 3)
      std::printf("round %ld: the pattern written for %s is %s, git finds line %s\n", round, c_quote(paths[i]).c_str(),
                  exact_pattern(paths[i]).c_str(), std::string(fields[i * 3 + 2]).c_str());
  }
  return differences;
}

Settings read_settings(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--cases")
      settings.cases = std::strtoull(argv[i + 1], nullptr, 10);
    else if (flag == "--seed")
      settings.seed = std::strtoull(argv[i + 1], nullptr, 10);
    else if (flag == "--round")
      settings.round = std::strtol(argv[i + 1], nullptr, 10);
    else if (flag == "--git")
      settings.git = argv[i + 1];
    else if (flag == "--source")
      settings.source = argv[i + 1];
    else
      stop("unknown flag " + std::string(flag));
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = read_settings(argc, argv);
  const Peer peer(settings.git);
  const long rounds = static_cast<long>((settings.cases + kPathsPerRound - 1) / kPathsPerRound);
  size_t cases = 0, differences = 0;
  for (long round = std::max(settings.round, 0L); round < (settings.round < 0 ? rounds : settings.round + 1); ++round) {
    fuzz::AttributesGenerator generator(settings.seed * 1000003 + static_cast<uint64_t>(round));
    fuzz::GeneratedRepository repository = generator.repository(kPathsPerRound);
    Source source = round % 2 == 0 ? Source::cached : Source::worktree;
    if (settings.source == "cached") source = Source::cached;
    if (settings.source == "worktree") source = Source::worktree;
    if (settings.source == "tree") source = Source::tree;
    keep_possible(repository);
    peer.write(repository, source);
    differences += compare_attributes(peer, repository, source, round);
    differences += compare_ignored(peer, repository, round);
    if (round % 10 == 0) differences += compare_written(peer, repository, round);
    cases += repository.paths.size();
    if (differences > 20) break;
  }
  std::printf("%zu cases (%zu in LFS, %zu ignored; of five attributes each %zu had a value), %zu differences\n", cases,
              coverage.lfs, coverage.ignored, coverage.decided, differences);
  const bool telling = coverage.lfs > 0 && coverage.ignored > 0 && coverage.decided > cases / 4;
  return differences == 0 && telling ? 0 : 1;
}
