// Which git is installed: the program "git" that every question is put to (in a hook, the git that called it).
#pragma once

#include <string>

namespace lfsguard::git {

struct InstalledGit {
  std::string text;          // "git version 2.39.5"; empty when git could not be asked
  int major = 0, minor = 0;  // 0 where the text is not understood
  bool at_least(int wanted_major, int wanted_minor) const {
    return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
  }
  static InstalledGit parse(std::string text);
};

// Asked for with one process when it is first needed, kept until this program ends. Safe from several threads.
const InstalledGit& installed_git();

// Without a process: where the program lies, its size and time. What was computed under one git is known by this to be of another's.
std::string installed_git_stamp();

}  // namespace lfsguard::git
