// A rewrite's plan, result and instructions as a person reads them; and its other modes, also as JSON.
#pragma once

#include <string>
#include <vector>

#include "rewrite/run.h"
#include "rewrite/undo.h"

namespace lfsguard::cli {

std::string plan_text(const rewrite::RewriteReport& report, const rewrite::RewriteOptions& options);
std::string result_text(const rewrite::RewriteReport& report, const rewrite::RewriteOptions& options);
// What everybody else with a clone must do; empty when no branch moved.
std::string collaborator_text(const rewrite::RewriteReport& report, const std::string& remote);

std::string undone_text(const rewrite::Undone& undone);
std::string undone_json(const rewrite::Undone& undone);
std::string forgotten_text(const std::vector<std::string>& runs);
std::string forgotten_json(const std::vector<std::string>& runs);
std::string runs_text(const std::vector<rewrite::RunSummary>& runs);
std::string runs_json(const std::vector<rewrite::RunSummary>& runs);

}  // namespace lfsguard::cli
