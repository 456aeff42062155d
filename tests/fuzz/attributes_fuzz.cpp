// Any bytes as attributes file, ignore patterns and paths: nothing crashes, and the indexed answer is the one that
// trying line after line gives.
//
// The input is an attributes file, a NUL, and paths divided by NULs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "git/attributes/attribute_stack.h"
#include "git/attributes/ignore_pattern.h"

using namespace lfsguard::attributes;

namespace {

AttributeState slow_filter(const AttributeFile& file, std::string_view path, bool fold_case) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (size_t i = file.filter_rules().size(); i-- > 0;) {
    const AttributeFile::FilterRule& found = file.filter_rules()[i];
    if (file.rules()[found.rule].pattern.matches(path, name, fold_case)) return file.tokens(found.token)->state;
  }
  return AttributeState::unspecified;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 20000) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t nul = input.find('\0');
  const auto file = AttributeFile::parse(input.substr(0, nul), ReadFrom::file);
  const auto blob = AttributeFile::parse(input, ReadFrom::blob);
  std::string_view paths = nul == std::string_view::npos ? std::string_view() : input.substr(nul + 1);
  for (int count = 0; count < 20 && !paths.empty(); ++count) {
    const std::string_view path = paths.substr(0, paths.find('\0'));
    paths.remove_prefix(path.size() < paths.size() ? path.size() + 1 : path.size());
    // git has no paths with empty components.
    if (path.empty() || path.front() == '/' || path.back() == '/' || path.find("//") != std::string_view::npos)
      continue;
    const size_t slash = path.rfind('/');
    const std::string_view directory = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    for (const bool fold_case : {false, true}) {
      const AttributeBase base({}, fold_case, {"text"});
      const AttributeStack stack = stack_for_directory(base, directory, [&](std::string_view at) {
        return at.empty() ? file : std::shared_ptr<const AttributeFile>();
      });
      const Decision decision = stack.filter(path.substr(slash + 1));
      stack.decide(1, path.substr(slash + 1));
      if (file->macros().empty() && decision.state != slow_filter(*file, path, fold_case)) std::abort();
      if (decision.is_lfs() && !stack.can_give_filter()) std::abort();
      IgnorePattern(std::string(input.substr(0, input.find('\n'))), fold_case).matches(path);
    }
  }
  return 0;
}
