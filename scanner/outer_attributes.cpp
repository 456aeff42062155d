#include "scanner/outer_attributes.h"

#include <cstdlib>

#include "base/file_descriptor.h"

namespace lfsguard::scanner {
namespace {

// nullptr when there is no such file.
Result<std::shared_ptr<const attributes::AttributeFile>> read_attributes(const std::string& path) {
  auto text = read_file(path);
  if (text) return attributes::AttributeFile::parse(*text, attributes::ReadFrom::file);
  if (text.error().kind == ErrorKind::not_found) return std::shared_ptr<const attributes::AttributeFile>();
  return fail(std::move(text).error());
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Result<attributes::AttributeBase> attributes_of_history(const git::RepositoryLayout& layout, bool ignore_case) {
  attributes::OuterFiles outer;
  outer.info = TRY(read_attributes(layout.common_dir + "/info/attributes"));
  return attributes::AttributeBase(std::move(outer), ignore_case);
}

Result<attributes::AttributeBase> attributes_of_work_tree(const git::RepositoryLayout& layout, const config::GitConfig& git_config) {
  attributes::OuterFiles outer;
  outer.info = TRY(read_attributes(layout.common_dir + "/info/attributes"));
  const std::string home = from_environment("HOME"), xdg = from_environment("XDG_CONFIG_HOME");
  std::string global = git_config.get("core.attributesFile").value_or("");
  if (global.starts_with("~/")) global = home + global.substr(1);
  if (global.empty()) global = (xdg.empty() ? home + "/.config" : xdg) + "/git/attributes";
  outer.global = TRY(read_attributes(global));
  if (!config::parse_git_bool(from_environment("GIT_ATTR_NOSYSTEM")).value_or(false)) outer.system = TRY(read_attributes("/etc/gitattributes"));
  return attributes::AttributeBase(std::move(outer), TRY(git_config.get_bool("core.ignoreCase")).value_or(false));
}

}  // namespace lfsguard::scanner
