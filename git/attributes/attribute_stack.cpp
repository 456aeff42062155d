#include "git/attributes/attribute_stack.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "git/attributes/macro_table.h"
#include "git/attributes/wildmatch.h"

namespace lfsguard::attributes {

struct AttributeBase::Shared {
  OuterFiles outer;
  MatchStyle style;
  std::vector<std::string> attributes;
};

namespace {

// What holds below one root: the base, and the macros that it and the root's file define.
struct Scheme {
  std::shared_ptr<const AttributeBase::Shared> base;
  std::shared_ptr<const AttributeFile> root_file;  // the tables point into it
  std::vector<MacroTable> tables;                  // for each attribute that may be asked for
  bool quick_filter = true;                        // no macro reaches `filter`: tables[0] is not needed
};

// One file in the order of precedence.
struct Level {
  std::shared_ptr<const AttributeFile> file;
  FileOrigin origin = FileOrigin::builtin;
  size_t directory_length = 0;       // of the path, with its slash, that the file's patterns are relative to
  std::vector<ReducedFile> reduced;  // for each attribute; the first is empty where `filter` is quick
};

using Candidates = std::shared_ptr<const std::vector<uint32_t>>;

// A level as seen from one directory.
struct LevelView {
  std::shared_ptr<const Level> level;
  Candidates wild_paths;  // those patterns of the file's filter index that can match here or below; null: none
};

// Whether a wild pattern can match a path below `directory` (with its slash, relative to the file): its literal prefix
// must agree.
bool can_match_below(const PathPattern& pattern, std::string_view directory, bool fold_case) {
  const size_t common = std::min<size_t>(pattern.literal_prefix, directory.size());
  return same_bytes(pattern.text.substr(0, common), directory.substr(0, common), fold_case);
}

Candidates narrowed(const Candidates& candidates, const RuleIndex& index, std::string_view directory, bool fold_case) {
  if (!candidates) return nullptr;
  const auto possible = [&](uint32_t number) { return can_match_below(index.pattern(number), directory, fold_case); };
  const size_t count = static_cast<size_t>(std::count_if(candidates->begin(), candidates->end(), possible));
  if (count == candidates->size()) return candidates;
  if (count == 0) return nullptr;
  auto kept = std::make_shared<std::vector<uint32_t>>();
  kept->reserve(count);
  std::copy_if(candidates->begin(), candidates->end(), std::back_inserter(*kept), possible);
  return kept;
}

const std::vector<uint32_t> kNoCandidates;

// directory + name in one piece, built only when a pattern needs the path.
class JoinedPath {
 public:
  JoinedPath(std::string_view directory, std::string_view name) : directory_(directory), name_(name) {}
  std::string_view from(size_t offset) {
    if (directory_.empty()) return name_;
    if (whole_.empty()) join();
    return whole_.substr(offset);
  }

 private:
  void join() {
    const size_t size = directory_.size() + name_.size();
    char* target = buffer_.data();
    if (size > buffer_.size()) {
      large_.resize(size);
      target = large_.data();
    }
    std::memcpy(target, directory_.data(), directory_.size());
    std::memcpy(target + directory_.size(), name_.data(), name_.size());
    whole_ = {target, size};
  }
  std::string_view directory_, name_, whole_;
  std::array<char, 1024> buffer_;
  std::string large_;
};

}  // namespace

struct AttributeStack::Node {
  std::shared_ptr<const Scheme> scheme;
  std::string directory;
  std::vector<LevelView> levels;  // highest precedence first; files without a say are left out
};

namespace {

// nullptr when the file has no say in anything that may be asked for.
std::shared_ptr<const Level> make_level(const Scheme& scheme, std::shared_ptr<const AttributeFile> file,
                                        FileOrigin origin, size_t directory_length) {
  if (!file || file->rules().empty()) return nullptr;
  bool matters = scheme.quick_filter && !file->filter_rules().empty();
  std::vector<ReducedFile> reduced(scheme.tables.size());
  for (size_t i = scheme.quick_filter ? 1 : 0; i < scheme.tables.size(); ++i) {
    reduced[i] = scheme.tables[i].reduce(*file);
    matters |= !reduced[i].rules.empty();
  }
  if (!matters) return nullptr;
  return std::make_shared<Level>(Level{std::move(file), origin, directory_length, std::move(reduced)});
}

LevelView view_of(std::shared_ptr<const Level> level) {
  const std::vector<uint32_t>& wild = level->file->filter_index().wild_paths();
  Candidates candidates = wild.empty() ? nullptr : Candidates(level->file, &wild);
  return {std::move(level), std::move(candidates)};
}

Decision decision_of(const AttributeStack::Node& node, const Level& level, uint32_t line, AttributeState state,
                     std::string_view value) {
  Decision decision;
  decision.state = state;
  decision.origin = level.origin;
  decision.line = line;
  decision.value = value;
  decision.directory = std::string_view(node.directory).substr(0, level.directory_length);
  decision.file = level.file.get();
  return decision;
}

Decision quick_filter(const AttributeStack::Node& node, std::string_view name) {
  const MatchStyle style = node.scheme->base->style;
  const RuleIndex::NameHashes hashes(name);
  JoinedPath path(node.directory, name);
  for (const LevelView& view : node.levels) {
    const Level& level = *view.level;
    const RuleIndex& index = level.file->filter_index();
    uint32_t best = index.by_name(name, hashes, style);
    if (index.has_paths())
      best = index.by_path(path.from(level.directory_length), name, view.wild_paths ? *view.wild_paths : kNoCandidates,
                           best, style);
    if (best == RuleIndex::kNone) continue;
    const AttributeFile::FilterRule& found = level.file->filter_rules()[best];
    const AttributeFile::Token& token = *level.file->tokens(found.token);
    return decision_of(node, level, level.file->rules()[found.rule].line, token.state, token.value);
  }
  return {};
}

Decision decide_by_lines(const AttributeStack::Node& node, size_t attribute, std::string_view name) {
  const MatchStyle style = node.scheme->base->style;
  MacroTable::Evaluation evaluation(node.scheme->tables[attribute]);
  JoinedPath path(node.directory, name);
  for (const LevelView& view : node.levels) {
    const Level& level = *view.level;
    const ReducedFile& reduced = level.reduced[attribute];
    for (size_t i = reduced.rules.size(); i-- > 0;) {
      const AttributeFile::Rule& rule = level.file->rules()[reduced.rules[i].rule];
      const std::string_view relative = rule.pattern.by_name() ? name : path.from(level.directory_length);
      if (!rule.pattern.matches(relative, name, style)) continue;
      if (const ReducedToken* token = evaluation.apply(reduced, reduced.rules[i]))
        return decision_of(node, level, rule.line, token->state, token->value);
    }
  }
  return {};
}

}  // namespace

std::string_view Decision::text() const {
  switch (state) {
    case AttributeState::unspecified:
      return "unspecified";
    case AttributeState::unset:
      return "unset";
    case AttributeState::set:
      return "set";
    case AttributeState::value:
      return value;
  }
  return {};
}

std::string describe_source(const Decision& decision) {
  if (decision.line == 0) return {};
  std::string text;
  switch (decision.origin) {
    case FileOrigin::builtin:
      text = "git's builtin attributes";
      break;
    case FileOrigin::system:
      text = "the system's gitattributes";
      break;
    case FileOrigin::global:
      text = "core.attributesFile";
      break;
    case FileOrigin::root:
    case FileOrigin::nested:
      text = std::string(decision.directory) + ".gitattributes";
      break;
    case FileOrigin::info:
      text = "info/attributes";
      break;
  }
  return text + ':' + std::to_string(decision.line);
}

AttributeBase::AttributeBase(OuterFiles outer, MatchStyle style, std::vector<std::string> attributes) {
  attributes.insert(attributes.begin(), "filter");
  shared_ = std::make_shared<Shared>(Shared{std::move(outer), style, std::move(attributes)});
}

AttributeStack AttributeBase::root(std::shared_ptr<const AttributeFile> file) const {
  const OuterFiles& outer = shared_->outer;
  std::vector<const AttributeFile*> with_macros;
  for (const AttributeFile* each : {outer.info.get(), static_cast<const AttributeFile*>(file.get()), outer.global.get(),
                                    outer.system.get(), AttributeFile::builtin().get()})
    if (each) with_macros.push_back(each);

  auto scheme = std::make_shared<Scheme>();
  scheme->base = shared_;
  scheme->root_file = file;
  for (const std::string& attribute : shared_->attributes) scheme->tables.emplace_back(attribute, with_macros);
  scheme->quick_filter = scheme->tables.front().direct();

  auto node = std::make_shared<AttributeStack::Node>();
  const auto add = [&](const std::shared_ptr<const AttributeFile>& each, FileOrigin origin) {
    if (auto level = make_level(*scheme, each, origin, 0)) node->levels.push_back(view_of(std::move(level)));
  };
  add(outer.info, FileOrigin::info);
  add(file, FileOrigin::root);
  add(outer.global, FileOrigin::global);
  add(outer.system, FileOrigin::system);
  node->scheme = std::move(scheme);
  return AttributeStack(std::move(node));
}

AttributeStack AttributeStack::enter(std::string_view name, std::shared_ptr<const AttributeFile> file) const {
  auto node = std::make_shared<Node>();
  node->scheme = node_->scheme;
  node->directory.reserve(node_->directory.size() + name.size() + 1);
  node->directory.append(node_->directory).append(name).append("/");
  const bool fold_case = node->scheme->base->style.fold_case;

  auto own = make_level(*node->scheme, std::move(file), FileOrigin::nested, node->directory.size());
  node->levels.reserve(node_->levels.size() + 1);
  const auto add_own = [&] {
    if (own) node->levels.push_back(view_of(std::move(own)));
    own = nullptr;
  };
  for (const LevelView& view : node_->levels) {
    if (view.level->origin != FileOrigin::info) add_own();
    const std::string_view relative = std::string_view(node->directory).substr(view.level->directory_length);
    node->levels.push_back(
        {view.level, narrowed(view.wild_paths, view.level->file->filter_index(), relative, fold_case)});
  }
  add_own();
  return AttributeStack(std::move(node));
}

Decision AttributeStack::decide(size_t attribute, std::string_view name) const {
  if (attribute == kFilter && node_->scheme->quick_filter) return quick_filter(*node_, name);
  return decide_by_lines(*node_, attribute, name);
}

bool AttributeStack::can_change_filter(const AttributeFile& file) const {
  if (node_->scheme->quick_filter) return !file.filter_rules().empty();
  return node_->scheme->tables.front().concerns(file);
}

bool AttributeStack::can_give_filter() const {
  const Scheme& scheme = *node_->scheme;
  return std::any_of(node_->levels.begin(), node_->levels.end(), [&](const LevelView& view) {
    if (!scheme.quick_filter) return !view.level->reduced[kFilter].rules.empty();
    const RuleIndex& index = view.level->file->filter_index();
    return !index.empty() && (view.wild_paths || index.has_other_than_wild_paths());
  });
}

std::string_view AttributeStack::directory() const { return node_->directory; }

}  // namespace lfsguard::attributes
