#include "rewrite/run.h"

#include <malloc.h>

#include "rewrite/execution.h"
#include "rewrite/findings.h"
#include "rewrite/leftovers.h"
#include "rewrite/plan.h"

namespace lfsguard::rewrite {

Rewrite::Rewrite(const git::RepositoryLayout& layout, const lfs::ObjectStore& store, RewriteOptions options, bool ignore_case, bool cache, Progress& progress)
    : plan_(std::make_unique<Plan>(layout, store, std::move(options), ignore_case, cache, progress)) {}
Rewrite::~Rewrite() = default;

Result<RewriteReport> Rewrite::plan() {
  Plan& plan = *plan_;
  TRY(plan.open());
  TRY(plan.find_large());
  if (plan.nothing_is_large()) return plan.finished();
  TRY(plan.load_history());
  TRY(plan.find_paths());
  if (!plan.trie.empty()) {
    TRY(plan.survey_commits());
    list_files(plan);
    TRY(list_refs(plan));
    warn_of_odd_trees(plan);
  }
  TRY(name_what_stays_large(plan));
  TRY(warn_of_uncovered_pointers(plan));
  if (plan.report.files.empty()) return plan.finished();
  TRY(count_signatures(plan));
  TRY(check_places(plan));
  return plan.finished();
}

Result<std::vector<Rewrite::Version>> Rewrite::versions() {
  Plan& plan = *plan_;
  TRY(plan.open());
  TRY(plan.load_history());
  TRY(plan.find_paths());
  std::vector<Version> versions;
  if (plan.trie.empty()) return versions;
  std::string step;
  for (const auto& commit : plan.history.commits()) TRY(plan.survey->root(commit.tree_oid, nullptr, step));
  for (size_t path = 0; path < plan.trie.paths().size(); ++path)
    for (const ObjectId& oid : plan.survey->versions()[path]) {
      const BlobKinds::Kind kind = TRY(plan.kinds->kind(oid));
      versions.push_back({plan.trie.paths()[path], kind.size, kind.object_size});
    }
  return versions;
}

Result<RewriteReport> Rewrite::execute(const Surroundings& surroundings) {
  Plan& plan = *plan_;
  const auto lock = TRY(RunLock::take(plan.layout));
  if (!lock) return fail(ErrorKind::conflict, "another rewrite is under way in this repository", plan.layout.common_dir, "wait for it, then run the command again");
  remove_leftovers(plan.layout);
  plan.survey->forget();
  ::malloc_trim(0);  // what looking took is not needed for doing

  Execution execution(plan);
  TRY(execution.write_objects());  // named by nothing yet
  TRY(execution.verify());         // read back and compared, before anything refers to it
  TRY(execution.publish(surroundings));
  return plan.report;
}

}  // namespace lfsguard::rewrite
