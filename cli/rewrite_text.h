// A rewrite's plan, result and instructions as a person reads them.
#pragma once

#include <string>

#include "rewrite/run.h"

namespace lfsguard::cli {

std::string plan_text(const rewrite::RewriteReport& report, const rewrite::RewriteOptions& options);
std::string result_text(const rewrite::RewriteReport& report, const rewrite::RewriteOptions& options);
// What everybody else with a clone must do; empty when no branch moved.
std::string collaborator_text(const rewrite::RewriteReport& report, const std::string& remote);

}  // namespace lfsguard::cli
