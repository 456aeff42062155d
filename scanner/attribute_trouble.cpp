#include "scanner/attribute_trouble.h"

#include "git/attributes/attribute_file.h"

namespace lfsguard::scanner {

bool is_attributes_file(std::string_view path) { return path == ".gitattributes" || path.ends_with("/.gitattributes"); }

std::optional<std::string> attribute_trouble(std::string_view bytes) {
  const auto file = attributes::AttributeFile::parse(bytes, attributes::ReadFrom::blob);
  std::optional<std::string> message;
  size_t more = 0;
  for (const auto& remark : file->remarks()) {
    if (remark.trouble != attributes::AttributeFile::Trouble::matches_no_file || !remark.names_filter) continue;
    const std::string pattern(remark.pattern);
    if (message)
      ++more;
    else
      message = "Line " + std::to_string(remark.line) + ", \"" + pattern + "\", names a directory and covers no file; write \"" + pattern + "**\"";
  }
  if (!message) return message;
  return *message + (more == 0 ? "." : "; so do " + std::to_string(more) + " more.");
}

}  // namespace lfsguard::scanner
