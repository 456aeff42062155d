#include "git/attributes/coverage_edit.h"

#include <cstddef>
#include <memory>
#include <set>
#include <utility>

#include "git/attributes/attributes_editor.h"

namespace lfsguard::attributes {
namespace {

std::string_view directory_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

// The attributes files of one place while they are being changed, and stacks made of them.
class Draft {
 public:
  Draft(const AttributeBase& base, const AttributesPlace& place) : base_(base), place_(place) {}

  Result<Decision> decide(std::string_view path) {
    const std::string_view directory = directory_of(path);
    TRY(load(""));
    for (size_t slash = directory.find('/'); slash != std::string_view::npos; slash = directory.find('/', slash + 1))
      TRY(load(directory.substr(0, slash + 1)));
    return stack(directory).filter(path.substr(directory.size()));
  }

  // False when the line is there already and `again` is not set.
  Result<bool> add(std::string_view directory, const std::string& line, bool again) {
    TRY(load(directory));
    if (place_.unwritable)
      if (std::string reason = place_.unwritable(directory); !reason.empty())
        return fail(ErrorKind::unsupported, reason, std::string(directory) + ".gitattributes");
    File& file = files_.find(directory)->second;
    const bool added = TRY(
        file.editor.add_line(line, again ? AttributesEditor::Existing::add_again : AttributesEditor::Existing::keep));
    if (added) {
      edit_.lines.push_back({std::string(directory), line});
      file.parsed = nullptr;
      stacks_.clear();
    }
    return added;
  }

  CoverageEdit finish(std::vector<CoverageEdit::Refusal> refusals) {
    for (auto& [directory, file] : files_)
      if (file.editor.changed()) edit_.files.emplace(directory, file.editor.bytes());
    edit_.refusals = std::move(refusals);
    return std::move(edit_);
  }
  bool changed(std::string_view directory) const {
    const auto file = files_.find(directory);
    return file != files_.end() && file->second.editor.changed();
  }

 private:
  struct File {
    AttributesEditor editor;
    bool exists = false;
    std::shared_ptr<const AttributeFile> parsed;
  };

  Status load(std::string_view directory) {
    if (files_.contains(directory)) return {};
    std::optional<std::string> bytes = TRY(place_.read(directory));
    const bool exists = bytes.has_value();
    files_.emplace(directory, File{AttributesEditor(std::move(bytes).value_or(std::string())), exists, nullptr});
    return {};
  }

  const AttributeStack& stack(std::string_view directory) {
    if (const auto known = stacks_.find(directory); known != stacks_.end()) return known->second;
    File& file = files_.find(directory)->second;
    if (!file.parsed && (file.exists || file.editor.changed()))
      file.parsed = AttributeFile::parse(file.editor.bytes(), place_.read_from);
    if (directory.empty()) return stacks_.emplace("", base_.root(file.parsed)).first->second;
    const std::string_view parent = directory_of(directory.substr(0, directory.size() - 1));
    const std::string_view name = directory.substr(parent.size(), directory.size() - parent.size() - 1);
    return stacks_.emplace(directory, stack(parent).enter(name, file.parsed)).first->second;
  }

  const AttributeBase& base_;
  const AttributesPlace& place_;
  std::map<std::string, File, std::less<>> files_;
  std::map<std::string, AttributeStack, std::less<>> stacks_;
  CoverageEdit edit_;
};

std::string own_pattern(std::string_view path, std::string_view directory, const MatchesPlainNeighbour& neighbour) {
  return exact_pattern(path.substr(directory.size()), directory.empty() ? neighbour : MatchesPlainNeighbour());
}

Error refusal(const std::string& path, const Decision& decision) {
  const std::string source = describe_source(decision);
  Error error{ErrorKind::unsupported, "cannot be covered by filter=lfs", path, {}, {}};
  if (source.empty()) return error;
  error.causes.push_back(source + " says filter: " + std::string(decision.text()));
  error.hint = "change or remove that line of " + source.substr(0, source.rfind(':'));
  return error;
}

// The lines for a path whose first line did not do: in the file that decides against it, or, when the line is too long,
// further down.
Result<bool> add_nearer(Draft& draft, const std::string& path, const Decision& decision,
                        const MatchesPlainNeighbour& neighbour, std::optional<Error>& reason) {
  std::string_view directory = decision.origin == FileOrigin::nested ? decision.directory : std::string_view();
  for (;;) {
    auto added = draft.add(directory, lfs_line(own_pattern(path, directory, neighbour)), /*again=*/true);
    if (added) return true;
    if (added.error().kind != ErrorKind::unsupported) return tl::unexpected(std::move(added).error());
    reason = std::move(added).error();
    const size_t slash = path.find('/', directory.size());
    if (slash == std::string::npos) return false;
    directory = std::string_view(path).substr(0, slash + 1);
  }
}

}  // namespace

Result<CoverageEdit> edit_to_cover(const AttributeBase& base, const std::vector<CoverageRequest>& requests,
                                   const AttributesPlace& place, bool union_line) {
  Draft draft(base, place);
  std::vector<const CoverageRequest*> open;
  for (const CoverageRequest& request : requests)
    if (!TRY(draft.decide(request.path)).is_lfs()) open.push_back(&request);

  // All first lines before anything is evaluated again: thousands of paths cost one parse.
  std::set<std::string, std::less<>> added_patterns;
  std::map<const CoverageRequest*, Error> reasons;
  for (const CoverageRequest* request : open) {
    const bool nested = place.preferred == AttributesPlace::Preferred::nested;
    const std::string_view directory = nested ? directory_of(request->path) : std::string_view();
    const std::string pattern = request->pattern.empty() || nested
                                    ? own_pattern(request->path, directory, place.matches_plain_neighbour)
                                    : request->pattern;
    if (!added_patterns.insert(std::string(directory) + '\0' + pattern).second) continue;
    // A line that is there already did not cover the path: a later one overrides it.
    auto added = draft.add(directory, lfs_line(pattern), /*again=*/true);
    if (!added && added.error().kind != ErrorKind::unsupported) return tl::unexpected(std::move(added).error());
    if (!added) reasons.emplace(request, std::move(added).error());
  }

  std::vector<CoverageEdit::Refusal> refusals;
  for (const CoverageRequest* request : open) {
    Decision decision = TRY(draft.decide(request->path));
    std::optional<Error> reason;
    if (const auto known = reasons.find(request); known != reasons.end()) reason = known->second;
    // Each further line settles the files down to its own directory, so there are at most as many as the path has
    // components.
    for (std::string_view last = "\n"; !decision.is_lfs() && decision.origin != FileOrigin::info;) {
      const std::string_view directory =
          decision.origin == FileOrigin::nested ? decision.directory : std::string_view();
      if (directory == last) break;
      last = std::string_view(request->path).substr(0, directory.size());
      if (!TRY(add_nearer(draft, request->path, decision, place.matches_plain_neighbour, reason))) break;
      decision = TRY(draft.decide(request->path));
    }
    if (decision.is_lfs()) continue;
    Error error = refusal(request->path, decision);
    if (reason && decision.origin != FileOrigin::info) {
      error = std::move(*reason).because("cannot be covered by filter=lfs", request->path);
    }
    refusals.push_back({request->path, std::move(error)});
  }
  if (union_line && draft.changed("")) TRY(draft.add("", std::string(kMergeUnionLine), /*again=*/false));
  return draft.finish(std::move(refusals));
}

}  // namespace lfsguard::attributes
