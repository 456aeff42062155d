#include "scanner/outer_attributes.h"

#include "base/file_descriptor.h"

namespace lfsguard::scanner {

Result<attributes::AttributeBase> attributes_of_history(const git::RepositoryLayout& layout, bool ignore_case) {
  attributes::OuterFiles outer;
  auto text = read_file(layout.common_dir + "/info/attributes");
  if (text)
    outer.info = attributes::AttributeFile::parse(*text, attributes::ReadFrom::file);
  else if (text.error().kind != ErrorKind::not_found)
    return fail(std::move(text).error());
  return attributes::AttributeBase(std::move(outer), ignore_case);
}

}  // namespace lfsguard::scanner
