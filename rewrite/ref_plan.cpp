#include "rewrite/ref_plan.h"

#include <algorithm>
#include <set>

#include "git/process/git_command.h"
#include "scanner/ref_scope.h"

namespace lfsguard::rewrite {
namespace {

using Role = PlannedRef::Role;

std::string folder_to_ask(const git::RepositoryLayout& layout) { return layout.work_tree.empty() ? layout.git_dir : layout.work_tree; }

bool is_head(std::string_view name) { return name == "HEAD" || name.ends_with("/HEAD"); }

Role role_by_kind(std::string_view name, bool everything) {
  if (name.starts_with("refs/heads/") || name.starts_with("refs/tags/") || (is_head(name) && !name.starts_with("refs/"))) return Role::selects;
  if (name.starts_with("refs/remotes/") || name.starts_with("refs/bisect/") || name.starts_with("refs/worktree/") || name.starts_with("refs/rewritten/"))
    return Role::stays;
  if (name == "refs/stash" || name.starts_with("refs/notes/")) return Role::follows;
  return everything ? Role::selects : Role::follows;
}

}  // namespace

Result<std::vector<PlannedRef>> plan_refs(const git::RepositoryLayout& layout, git::ObjectReader& reader, const RewriteOptions& options) {
  std::set<std::string> symbolic;
  const std::string listed = TRY(git::git_output(git::git_command({"for-each-ref", "--format=%(if)%(symref)%(then)%(refname)%(end)"}, folder_to_ask(layout))));
  for (const std::string_view line : git::split_lines(listed))
    if (!line.empty()) symbolic.insert(std::string(line));
  std::set<std::string> chosen;
  if (!options.refs.empty())
    for (const scanner::ScopeRef& ref : TRY(scanner::named_refs(layout, reader, options.refs))) {
      if (ref.name.empty()) return fail(ErrorKind::usage, "--ref takes the name of a branch or tag", ref.oid.hex());
      chosen.insert(ref.name);
    }
  std::vector<PlannedRef> refs;
  for (scanner::ScopeRef& ref : TRY(scanner::all_refs(layout, reader))) {
    if (symbolic.contains(ref.name)) continue;
    Role role = role_by_kind(ref.name, options.everything);
    if (!options.refs.empty()) role = chosen.contains(ref.name) ? Role::selects : Role::stays;
    refs.push_back({std::move(ref.name), ref.oid, ref.peeled, ref.type, role, {}});
  }
  return refs;
}

Result<std::vector<ObjectId>> excluded_tips(const git::RepositoryLayout& layout, git::ObjectReader& reader, const RewriteOptions& options) {
  std::vector<ObjectId> tips;
  if (options.exclude_refs.empty()) return tips;
  for (const scanner::ScopeRef& ref : TRY(scanner::named_refs(layout, reader, options.exclude_refs)))
    if (ref.type == git::ObjectType::commit) tips.push_back(ref.peeled);
  return tips;
}

}  // namespace lfsguard::rewrite
