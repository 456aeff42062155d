// What of a plan is worth a word: files, refs, signatures, what stays large, and what is odd. Into the plan's report.
#pragma once

#include "base/error.h"
#include "rewrite/plan.h"

namespace lfsguard::rewrite {

void list_files(Plan& plan);
// Refs that move, tags that stay on the old history, names that differ by case alone.
Status list_refs(Plan& plan);
void warn_of_odd_trees(Plan& plan);
// What stays large though it was asked for: excluded paths, control files, links, refs straight to a blob.
Status name_what_stays_large(Plan& plan);
// Pointers that the selection takes, at a ref's tip, which no attribute will cover: left as they are.
Status warn_of_uncovered_pointers(Plan& plan);
// Signatures that would be removed: counted, or refused by --signatures abort.
Status count_signatures(Plan& plan);
// Work trees and disks. Error kinds: conflict, disk_full.
Status check_places(Plan& plan);

}  // namespace lfsguard::rewrite
