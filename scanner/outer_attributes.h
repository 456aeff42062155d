// The attributes files that lie outside every tree.
#pragma once

#include "base/error.h"
#include "git/attributes/attribute_stack.h"
#include "git/process/repository_layout.h"

namespace lfsguard::scanner {

// For what is committed: info/attributes alone, so that the answer does not depend on who asks (also in bare repositories).
Result<attributes::AttributeBase> attributes_of_history(const git::RepositoryLayout& layout, bool ignore_case);

}  // namespace lfsguard::scanner
