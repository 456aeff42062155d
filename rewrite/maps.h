// What a run leaves for others: commit-map, object-map.csv, refs, report.json (docs/interface.md, "Files of a run").
#pragma once

#include "base/error.h"
#include "git/objects/history.h"
#include "rewrite/object_splice.h"
#include "rewrite/report.h"

namespace lfsguard::rewrite {

// commit-map: every commit in scope, "old new" a line; object-map.csv: those that changed, "old,new" as git-lfs writes it; refs: "old new name".
Status write_maps(const RunFolder& folder, const git::History& history, const NewId& moved, const RewriteReport& report);
Status write_report(const RunFolder& folder, const RewriteReport& report);

// The report as JSON (docs/interface.md, "JSON", `rewrite`).
std::string report_json(const RewriteReport& report);

}  // namespace lfsguard::rewrite
