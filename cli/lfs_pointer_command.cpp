// `lfsguard lfs pointer`: builds, compares and checks pointer files, with git-lfs's output and exit codes.
#include <fcntl.h>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "cli/command.h"
#include "cli/context.h"
#include "lfs/store/hashing_copy.h"
#include "lfs/store/pointer.h"

namespace lfsguard::cli {
namespace {

// git-lfs's own codes here: 1 not a pointer or not equal, 2 wrong use, unreadable file, or not canonical with --strict.
constexpr int kNot = 1, kTrouble = 2;

Result<std::string> read_pointer_text(const std::string& path) {
  if (path.empty()) return read_all(0, "standard input");
  return read_file(path);
}

Result<int> check(Context& context, const Arguments& arguments) {
  const auto refuse = [&](const char* line) {
    context.note(line);
    return kTrouble;
  };
  const std::string file = arguments.value("--file").value_or("");
  if (arguments.has("--strict") && arguments.has("--no-strict"))
    return refuse("Cannot combine --strict with --no-strict");
  if (!file.empty() && arguments.has("--stdin")) return refuse("With --check, --file cannot be combined with --stdin");
  if (file.empty() && !arguments.has("--stdin")) return refuse("Must specify either --file or --stdin with --compare");
  Result<std::string> text = read_pointer_text(file);
  if (!text) {
    context.complain(text.error());
    return kTrouble;
  }
  const lfs::ParsedPointer parsed = lfs::parse_pointer_text(std::string_view(*text).substr(0, lfs::kPointerSizeLimit));
  if (!parsed.is_pointer()) return kNot;
  const bool canonical = text->size() <= lfs::kPointerSizeLimit && parsed.kind == lfs::PointerKind::canonical;
  return arguments.has("--strict") && !canonical ? kTrouble : 0;
}

// The pointer that another program made, shown and compared.
Result<int> show_other(Context& context, const Arguments& arguments, const std::string& built) {
  const std::string file = arguments.value("--pointer").value_or("");
  const std::string text = TRY(read_pointer_text(file));
  const std::string name = file.empty() ? "STDIN" : file;
  if (!lfs::parse_pointer(text).is_pointer()) {
    context.note("Pointer from " + name + "\n\nPointer file error: invalid header");
    return kNot;
  }
  if (built.empty()) {
    context.note("Pointer from " + name + "\n\n" + text.substr(0, text.size() - text.ends_with('\n')));
    return 0;
  }
  context.note("Pointer from " + name + "\n\n" + text);
  context.note("Git blob OID: " + hash_object("blob", text).hex());
  if (text == built) return 0;
  context.note("\nPointers do not match");
  return kNot;
}

Result<int> run_pointer(Context& context, const Arguments& arguments) {
  if (arguments.has("--check")) return check(context, arguments);
  const std::string file = arguments.value("--file").value_or("");
  const bool compares = arguments.has("--pointer") || arguments.has("--stdin");
  if (arguments.has("--pointer") && arguments.has("--stdin")) {
    context.note("Cannot read from STDIN and --pointer.");
    return kNot;
  }
  if (file.empty() && !compares) {
    context.note("Nothing to do!");
    return kNot;
  }
  std::string built;
  if (!file.empty()) {
    const Result<FileDescriptor> opened = open_file(file, O_RDONLY);
    if (!opened) {
      context.complain(opened.error());
      return kNot;
    }
    const lfs::Digested digested = TRY(lfs::hash_content(lfs::source_of(opened->get(), file)));
    built = lfs::format_pointer({digested.oid, digested.size, {}});
    context.note("Git LFS pointer for " + file + "\n");
    context.print(built);
    TRY(context.flush());
    if (compares) context.note("\nGit blob OID: " + hash_object("blob", built).hex() + "\n");
  }
  return compares ? show_other(context, arguments, built) : Result<int>(0);
}

constexpr Option kOptions[] = {
    {"--file", "PATH", "the file to build a pointer of, or with --check the pointer to look at", 'f'},
    {"--pointer", "PATH", "a pointer to compare with", 'p'},
    {"--stdin", "", "the pointer comes on standard input"},
    {"--check", "", "exit 0 for a pointer, 1 for anything else"},
    {"--strict", "", "with --check: exit 2 for a pointer that is not canonical"},
    {"--no-strict", "", "with --check: any form will do (default)"},
};

}  // namespace

extern constinit const Command kLfsPointerCommand{
    .name = "pointer",
    .summary = "build, compare or check a pointer file",
    .options = kOptions,
    .most = 0,
    .run = run_pointer,
};

}  // namespace lfsguard::cli
