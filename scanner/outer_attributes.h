// The attributes files that lie outside every tree.
#pragma once

#include "base/error.h"
#include "git/attributes/attribute_stack.h"
#include "config/git_config.h"
#include "git/process/repository_layout.h"

namespace lfsguard::scanner {

// For what is committed: info/attributes alone, so that the answer does not depend on who asks (also in bare repositories).
Result<attributes::AttributeBase> attributes_of_history(const git::RepositoryLayout& layout, bool ignore_case);

// For the index and the work tree: also core.attributesFile (or its default place) and the system's file, as gitattributes(5) names them.
Result<attributes::AttributeBase> attributes_of_work_tree(const git::RepositoryLayout& layout, const config::GitConfig& git_config);

}  // namespace lfsguard::scanner
