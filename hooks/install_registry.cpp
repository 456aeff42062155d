#include "hooks/install_registry.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/durable_file.h"
#include "git/process/git_command.h"
#include "hooks/install_record.h"

namespace lfsguard::hooks {
namespace {

std::string registry_file() {
  const std::string folder = data_folder();
  return folder.empty() ? folder : folder + "/repositories";
}

Status store(const std::vector<std::string>& repositories) {
  const std::string path = registry_file();
  if (repositories.empty()) {
    ::unlink(path.c_str());
    ::rmdir(data_folder().c_str());
    return {};
  }
  TRY(make_directories(data_folder()));
  std::string text;
  for (const std::string& repository : repositories) text += escaped_line(repository) + "\n";
  return replace_file_durably(path, text);
}

}  // namespace

std::string data_folder() {
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home && *data_home == '/') return std::string(data_home) + "/lfsguard";
  const char* home = std::getenv("HOME");
  return home && *home == '/' ? std::string(home) + "/.local/share/lfsguard" : std::string();
}

Result<std::vector<std::string>> registered_repositories() {
  std::vector<std::string> repositories;
  if (registry_file().empty()) return repositories;
  const auto text = TRY(bytes_of_file(registry_file()));
  if (!text) return repositories;
  for (const std::string_view line : git::split_lines(*text)) repositories.push_back(unescaped_line(line));
  return repositories;
}

Status register_repository(const std::string& common_dir) {
  if (registry_file().empty()) return {};
  auto repositories = TRY(registered_repositories());
  if (std::find(repositories.begin(), repositories.end(), common_dir) != repositories.end()) return {};
  repositories.push_back(common_dir);
  return store(repositories);
}

Status unregister_repository(const std::string& common_dir) {
  if (registry_file().empty()) return {};
  auto repositories = TRY(registered_repositories());
  if (std::erase(repositories, common_dir) == 0) return {};
  return store(repositories);
}

}  // namespace lfsguard::hooks
