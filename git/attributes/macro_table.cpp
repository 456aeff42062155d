#include "git/attributes/macro_table.h"

#include <cstddef>

namespace lfsguard::attributes {

MacroTable::MacroTable(std::string_view attribute, const std::vector<const AttributeFile*>& files) {
  struct Definition {
    const AttributeFile* file;
    const AttributeFile::Macro* macro;
  };
  std::unordered_map<std::string_view, Definition> definitions;
  for (const AttributeFile* file : files)
    for (size_t i = file->macros().size(); i-- > 0;) {
      const AttributeFile::Macro& macro = file->macros()[i];
      definitions.try_emplace(file->names()[macro.name], Definition{file, &macro});
    }
  // From the attribute back to the macros that speak of it, and of those.
  std::unordered_map<std::string_view, std::vector<std::string_view>> spoken_of_by;
  for (const auto& [name, definition] : definitions) {
    const auto* token = definition.file->tokens(definition.macro->first_token);
    for (uint32_t i = 0; i < definition.macro->token_count; ++i)
      spoken_of_by[definition.file->names()[token[i].name]].push_back(name);
  }
  std::vector<std::string_view> relevant{attribute};
  indices_.emplace(attribute, 0);
  for (size_t i = 0; i < relevant.size(); ++i) {
    const auto speakers = spoken_of_by.find(relevant[i]);
    if (speakers == spoken_of_by.end()) continue;
    for (const std::string_view name : speakers->second)
      if (indices_.try_emplace(name, static_cast<uint32_t>(relevant.size())).second) relevant.push_back(name);
  }
  macros_.resize(relevant.size());
  for (size_t i = 0; i < relevant.size(); ++i) {
    const auto definition = definitions.find(relevant[i]);
    if (definition == definitions.end()) continue;
    const AttributeFile& file = *definition->second.file;
    const auto* token = file.tokens(definition->second.macro->first_token);
    for (uint32_t k = 0; k < definition->second.macro->token_count; ++k)
      if (const auto index = index_of(file.names()[token[k].name]))
        macros_[i].push_back({*index, token[k].state, token[k].value});
  }
}

std::optional<uint32_t> MacroTable::index_of(std::string_view name) const {
  const auto at = indices_.find(name);
  if (at == indices_.end()) return std::nullopt;
  return at->second;
}

std::vector<std::optional<uint32_t>> MacroTable::indices_of_names(const AttributeFile& file) const {
  std::vector<std::optional<uint32_t>> indices;
  indices.reserve(file.names().size());
  for (const std::string_view name : file.names()) indices.push_back(index_of(name));
  return indices;
}

ReducedFile MacroTable::reduce(const AttributeFile& file) const {
  const auto indices = indices_of_names(file);
  ReducedFile reduced;
  for (uint32_t rule = 0; rule < file.rules().size(); ++rule) {
    const uint32_t first = static_cast<uint32_t>(reduced.tokens.size());
    const auto* token = file.tokens(file.rules()[rule].first_token);
    for (uint32_t i = 0; i < file.rules()[rule].token_count; ++i)
      if (const auto index = indices[token[i].name]) reduced.tokens.push_back({*index, token[i].state, token[i].value});
    const uint32_t count = static_cast<uint32_t>(reduced.tokens.size()) - first;
    if (count > 0) reduced.rules.push_back({rule, first, count});
  }
  return reduced;
}

bool MacroTable::concerns(const AttributeFile& file) const {
  const auto indices = indices_of_names(file);
  for (const AttributeFile::Rule& rule : file.rules()) {
    const auto* token = file.tokens(rule.first_token);
    for (uint32_t i = 0; i < rule.token_count; ++i)
      if (indices[token[i].name]) return true;
  }
  return false;
}

MacroTable::Evaluation::Evaluation(const MacroTable& table) : table_(table), known_(table.macros_.size()) {}

const ReducedToken* MacroTable::Evaluation::apply(const ReducedFile& file, const ReducedRule& rule) {
  const ReducedToken* tokens = file.tokens.data() + rule.first;
  frames_.push_back({tokens, tokens + rule.count});
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    if (frame.begin == frame.end) {
      frames_.pop_back();
      continue;
    }
    const ReducedToken& token = *--frame.end;  // the last token wins, so it comes first
    if (known_[token.attribute]) continue;
    known_[token.attribute] = true;
    if (token.attribute == 0) return &token;
    const std::vector<ReducedToken>& macro = table_.macros_[token.attribute];
    if (token.state == AttributeState::set && !macro.empty())
      frames_.push_back({macro.data(), macro.data() + macro.size()});
  }
  return nullptr;
}

}  // namespace lfsguard::attributes
